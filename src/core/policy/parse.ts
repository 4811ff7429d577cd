// Reads the text of a settings file (JSON with comments) into policy and personal settings. It accepts nothing that it
// does not understand: a rule that is silently dropped is worse than a run that does not start.
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import type { z } from "zod";
import { nearest } from "../text/nearest.js";
import { PERSONAL_KEYS, PERSONAL_KEY_NAMES, type PersonalSettings } from "./personal.js";
import { POLICY_KEYS, POLICY_KEY_NAMES, type PolicySettings } from "./schema.js";
import { accepted, lineAt, settingsError, type Problem } from "./settings-problem.js";

export interface Settings {
  readonly settings: PolicySettings;
  readonly personal: PersonalSettings;
}

const PREFIX = "vigil.policy.";

/**
 * The settings in a file's text. `where` names the file in messages.
 * @throws HumanError (exit 2) that lists every problem as `where:line: …`, with the key and what to write instead.
 */
export function parseSettings(text: string, where: string): Settings {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (plain.trim() === "") return { settings: {}, personal: {} };
  const errors: ParseError[] = [];
  const root = parseTree(plain, errors, { allowTrailingComma: true });
  const [syntax] = errors;
  if (syntax !== undefined || root === undefined) {
    throw settingsError(where, [{ line: lineAt(plain, syntax?.offset ?? 0), text: `This is not JSON (${syntax === undefined ? "nothing to read" : words(printParseErrorCode(syntax.error))}). Correct it, or remove what was added last; comments and trailing commas are allowed.` }]);
  }
  if (root.type !== "object") throw settingsError(where, [{ line: 1, text: 'Settings are one object: write { "vigil.policy.maxStage": "gated-write" }.' }]);
  return read(plain, root, where);
}

function read(text: string, root: Node, where: string): Settings {
  const problems: Problem[] = [];
  const settings: Record<string, unknown> = {};
  const personal: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const property of root.children ?? []) {
    const [nameNode, valueNode] = property.children ?? [];
    if (nameNode === undefined || valueNode === undefined) continue;
    const name = String(nameNode.value);
    const line = lineAt(text, nameNode.offset);
    if (name !== "vigil" && !name.startsWith("vigil.")) continue;
    if (seen.has(name)) problems.push({ line, text: `"${name}" is there twice, and only one can count. Remove one of them.` });
    seen.add(name);
    const policyKey = name.startsWith(PREFIX) ? POLICY_KEY_NAMES.find((key) => PREFIX + key === name) : undefined;
    const personalKey = PERSONAL_KEY_NAMES.find((key) => `vigil.${key}` === name);
    const schema: z.ZodType | undefined = policyKey !== undefined ? POLICY_KEYS[policyKey].schema : personalKey !== undefined ? PERSONAL_KEYS[personalKey].schema : undefined;
    if (schema === undefined) {
      const text = unknownKey(name);
      if (text !== undefined) problems.push({ line, text });
      continue;
    }
    const parsed = schema.safeParse(valueOf(valueNode));
    if (parsed.success) (policyKey === undefined ? personal : settings)[policyKey ?? personalKey ?? name] = parsed.data;
    else problems.push(...parsed.error.issues.map((issue) => wrongValue(text, name, valueNode, issue)));
  }
  if (problems.length > 0) throw settingsError(where, problems);
  // Each value was parsed with its own key's schema just above.
  return { settings, personal };
}

/** The sentence about a key that is not known; undefined for a key that another version or tool may own. */
function unknownKey(name: string): string | undefined {
  const all = [...POLICY_KEY_NAMES.map((key) => PREFIX + key), ...PERSONAL_KEY_NAMES.map((key) => `vigil.${key}`)];
  const inside = all.find((known) => known.startsWith(`${name}.`));
  if (inside !== undefined) return `"${name}" does not nest: keys are flat, because editors merge nested objects across files. Write "${inside}" and the like, each on its own line.`;
  const near = nearest(name, all, name.startsWith(PREFIX) ? 6 : 2);
  if (near !== undefined) return `"${name}" is not a setting. Did you mean "${near}"?`;
  return name.startsWith(PREFIX) ? `"${name}" is not a setting. Known are: ${POLICY_KEY_NAMES.join(", ")}, each after "${PREFIX}". Remove it, or use one of these.` : undefined;
}

function wrongValue(text: string, name: string, value: Node, issue: z.core.$ZodIssue): Problem {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const at = deepest(value, path);
  const part = path.length === 0 ? "" : ` at ${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("").replace(/^\./u, "")}`;
  const given = at.exact ? `: ${shown(text.slice(at.node.offset, at.node.offset + at.node.length))}` : "";
  return { line: lineAt(text, at.node.offset), text: `"${name}"${part} has a value that cannot be used${given}; ${accepted(issue)}.` };
}

/** The node at the path, or the nearest one around it where the path leads to something missing. */
function deepest(value: Node, path: readonly (string | number)[]): { readonly node: Node; readonly exact: boolean } {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = findNodeAtLocation(value, path.slice(0, length));
    if (node !== undefined) return { node, exact: length === path.length };
  }
  return { node: value, exact: path.length === 0 };
}

/** Built from the tree without `__proto__` getting a meaning. */
function valueOf(node: Node): unknown {
  if (node.type === "array") return (node.children ?? []).map(valueOf);
  if (node.type !== "object") return node.value as unknown;
  const entries = (node.children ?? []).flatMap(({ children }) => {
    const [key, value] = children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), valueOf(value)] as const];
  });
  return Object.fromEntries(entries);
}

function shown(text: string): string {
  const flat = text.replace(/\s+/gu, " ");
  return flat.length > 60 ? `${flat.slice(0, 57)}...` : flat;
}

/** `ValueExpected` as words. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/gu, " ").toLowerCase();
}
