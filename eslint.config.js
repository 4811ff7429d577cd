// What lint holds beyond the compiler: types that cannot be escaped, promises that cannot be dropped, and who may print.
// Folder walls, cycles and dead exports are the boundary test's. Nothing here may be disabled from inside a file.
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const noClockNorChance = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: "Time arrives inside events." },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Time arrives inside events." },
  { selector: "CallExpression[callee.name='Date']", message: "Time arrives inside events." },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: "Chance arrives inside events." },
];

const house = [
  { selector: "TSEnumDeclaration", message: "A union of string literals says the same and vanishes at run time." },
  { selector: "ExportDefaultDeclaration", message: "Named exports only: one name everywhere." },
  { selector: "ExportAllDeclaration", message: "No barrels." },
];

export default defineConfig(
  { ignores: ["dist/", "out/", "media/", "node_modules/"] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  {
    files: ["src/**/*.{ts,tsx}", "test/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Numbers read well in a sentence; objects and undefined do not.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // It believes that a field stays what it was across an await, and calls the check that matters unnecessary.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // `return response.end()` and `found ? keep() : drop()` confuse nobody.
      "@typescript-eslint/no-confusing-void-expression": "off",
      // What node's promises reject with is an ErrnoException, and saying so beats a cast in every handler.
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // The compiler's noPropertyAccessFromIndexSignature asks for the brackets that this rule would take away.
      "@typescript-eslint/dot-notation": "off",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-restricted-syntax": ["error", ...house],
      "no-console": "error",
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["src/core/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "process", "console", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "performance", "crypto", "fetch", "document", "window", "globalThis"],
      "no-restricted-syntax": ["error", ...house, ...noClockNorChance],
    },
  },
  {
    files: ["src/cli/**/*.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // A test may look a value up and insist that it is there; a wrong guess fails the test.
      "@typescript-eslint/no-non-null-assertion": "off",
      // mocha's `it` takes an async function, and fast-check's assert may return nothing.
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [{ from: "package", name: ["it", "describe", "before", "after", "beforeEach", "afterEach"], package: "mocha" }] }],
      // What a custom reporter must be.
      "no-restricted-syntax": ["error", ...house.filter(({ selector }) => selector !== "ExportDefaultDeclaration")],
    },
  },
  {
    files: ["*.mjs", "*.js", "test/**/*.mjs"],
    extends: [tseslint.configs.recommended],
    rules: { "@typescript-eslint/no-unused-vars": "error", eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-console": "error" },
  },
);
