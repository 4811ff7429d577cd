// What one source file says, as far as the boundary rules care: who it imports, what it exports, what it keeps at the top
// level. It reads syntax only; it never resolves a type.
import ts from "typescript";

export interface Import {
  /** As written: "./judge.js", "zod", "node:fs". */
  readonly from: string;
  /** Names as the other file exports them; "*" for the whole module. */
  readonly names: readonly string[];
  readonly typeOnly: boolean;
}

export interface Source {
  /** Relative to the repository, forward slashes: src/core/stage.ts. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exports: readonly string[];
  /** True when the file holds re-exports and nothing else. */
  readonly isBarrel: boolean;
  /** How often each identifier occurs outside import and export lists. */
  readonly mentions: ReadonlyMap<string, number>;
  /** Top-level places that can change while the program runs, as short sentences. */
  readonly state: readonly string[];
  /** Reads of the clock, of chance, or of a global that has them, as written. */
  readonly ambient: readonly string[];
}

const MUTATING = new Set(["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "set", "add", "delete", "clear"]) as ReadonlySet<string>;
const MUTABLE_CLASSES = new Set(["Map", "Set", "WeakMap", "WeakSet", "Array"]) as ReadonlySet<string>;
const AMBIENT = new Set(["performance", "crypto", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "process", "console", "fetch", "globalThis"]) as ReadonlySet<string>;

export function readSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const exports: string[] = [];
  const mentions = new Map<string, number>();
  const ambient: string[] = [];
  const topLevel = new Map<string, ts.VariableDeclaration>();
  const state: string[] = [];
  let statementsOfItsOwn = 0;

  for (const statement of file.statements) {
    const found = importOf(statement);
    if (found !== undefined) imports.push(found);
    exports.push(...exportsOf(statement));
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) statementsOfItsOwn += 1;
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) state.push(`${declaration.name.getText()} can be assigned again`);
        else if (ts.isIdentifier(declaration.name)) topLevel.set(declaration.name.text, declaration);
      }
    }
  }
  for (const [name, declaration] of topLevel) {
    const why = mutableInitializer(declaration);
    if (why !== undefined) state.push(`${name} ${why}`);
  }

  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !inModuleList(node)) mentions.set(node.text, (mentions.get(node.text) ?? 0) + 1);
    const dynamic = dynamicImportOf(node);
    if (dynamic !== undefined) imports.push({ from: dynamic, names: ["*"], typeOnly: ts.isImportTypeNode(node) });
    const read = ambientRead(node);
    if (read !== undefined) ambient.push(read);
    const changed = mutationOf(node);
    if (changed !== undefined && topLevel.has(changed)) state.push(`${changed} is changed: ${oneLine(node)}`);
    if (ts.isPropertyDeclaration(node) && hasModifier(node, ts.SyntaxKind.StaticKeyword) && !hasModifier(node, ts.SyntaxKind.ReadonlyKeyword)) {
      state.push(`static ${node.name.getText()} can be assigned again`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);

  const reexports = file.statements.some((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined);
  const lines = text.endsWith("\n") ? text.split("\n").length - 1 : text.split("\n").length;
  // Known by the name that others import it by, which a page's markup in it does not change.
  return { path: path.replace(/\.tsx$/u, ".ts"), lines, imports, exports, isBarrel: reexports && statementsOfItsOwn === 0, mentions, state, ambient };
}

function importOf(statement: ts.Statement): Import | undefined {
  if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
    const clause = statement.importClause;
    const bindings = clause?.namedBindings;
    const names = bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? ["*"] : bindings.elements.map((element) => (element.propertyName ?? element.name).text);
    return { from: statement.moduleSpecifier.text, names: clause?.name === undefined ? names : ["default", ...names], typeOnly: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword };
  }
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined && ts.isStringLiteral(statement.moduleSpecifier)) {
    const clause = statement.exportClause;
    const names = clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map((element) => (element.propertyName ?? element.name).text) : ["*"];
    return { from: statement.moduleSpecifier.text, names, typeOnly: statement.isTypeOnly };
  }
  return undefined;
}

function exportsOf(statement: ts.Statement): readonly string[] {
  if (ts.isExportAssignment(statement)) return ["default"];
  if (ts.isExportDeclaration(statement)) return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause) ? statement.exportClause.elements.map((element) => element.name.text) : [];
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return [];
  if (hasModifier(statement, ts.SyntaxKind.DefaultKeyword)) return ["default"];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap((declaration) => (ts.isIdentifier(declaration.name) ? [declaration.name.text] : []));
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isEnumDeclaration(statement)) {
    return statement.name === undefined ? [] : [statement.name.text];
  }
  return [];
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

function inModuleList(node: ts.Identifier): boolean {
  return ts.isImportSpecifier(node.parent) || ts.isExportSpecifier(node.parent) || ts.isImportClause(node.parent) || ts.isNamespaceImport(node.parent);
}

function dynamicImportOf(node: ts.Node): string | undefined {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : "(computed)";
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) return node.argument.literal.text;
  return undefined;
}

/** A constant that holds something made to be changed. A read-only type says that nobody does. */
function mutableInitializer(declaration: ts.VariableDeclaration): string | undefined {
  if (declaration.type !== undefined && /^(readonly\b|Readonly)/.test(declaration.type.getText())) return undefined;
  const value = declaration.initializer;
  if (value === undefined) return undefined;
  if (ts.isNewExpression(value) && MUTABLE_CLASSES.has(value.expression.getText())) return `is a ${value.expression.getText()} without a read-only type`;
  if (ts.isArrayLiteralExpression(value) && value.elements.length === 0) return "is an empty array without a read-only type";
  if (ts.isObjectLiteralExpression(value) && value.properties.length === 0) return "is an empty object without a read-only type";
  return undefined;
}

/** The variable that an expression changes in place, if it does. */
function mutationOf(node: ts.Node): string | undefined {
  const owner = (target: ts.Node): string | undefined => ((ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) && ts.isIdentifier(target.expression) ? target.expression.text : undefined);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) return owner(node.left);
  if (ts.isDeleteExpression(node)) return owner(node.expression);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return MUTATING.has(node.expression.name.text) ? owner(node.expression) : undefined;
}

function ambientRead(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments?.length ?? 0) === 0) return "new Date()";
  if (ts.isCallExpression(node) && node.expression.getText() === "Date") return "Date()";
  if (ts.isPropertyAccessExpression(node) && ["Date.now", "Math.random"].includes(node.getText())) return node.getText();
  if (!ts.isIdentifier(node) || !AMBIENT.has(node.text)) return undefined;
  const { parent } = node;
  const isOnlyAName = (ts.isPropertyAccessExpression(parent) && parent.name === node) || ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isBindingElement(parent)) && parent.name === node);
  return isOnlyAName ? undefined : node.text;
}

function oneLine(node: ts.Node): string {
  return node.getText().replace(/\s+/g, " ").slice(0, 60);
}
