// Whether a package manifest or lock file changed in what runs code or names servers. What cannot be parsed or compared
// counts as changed.
import { foldPath } from "../text/fold.js";
import type { Contents, JudgedChange } from "./change.js";

/** Parts of package.json that name commands, programs, hooks, or the program that installs and what it may build. */
const RUNNING_PARTS = ["scripts", "bin", "packageManager", "husky", "lint-staged", "simple-git-hooks", "gitHooks", "gypfile", "workspaces", "pnpm"] as const;
const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "overrides", "resolutions"] as const;

const LOCK_FILES = /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lock|cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|pipfile\.lock|composer\.lock|gemfile\.lock|go\.sum|flake\.lock|deno\.lock)$/u;

export function manifestChange(change: JudgedChange, contents: Contents): string | undefined {
  const folded = foldPath(change.path);
  const name = folded.slice(folded.lastIndexOf("/") + 1);
  if (change.status === "deleted") return undefined;
  if (name === "package.json") return packageChange(change, contents);
  if (name === "pyproject.toml") return buildSystemChange(change, contents);
  if (LOCK_FILES.test(name)) return hostChange(change, contents);
  return undefined;
}

function packageChange(change: JudgedChange, contents: Contents): string | undefined {
  const before = contents.before === undefined && change.status === "added" ? {} : parsedObject(contents.before);
  const after = parsedObject(contents.after);
  if (before === undefined || after === undefined) return `${change.path} could not be compared: it may run new scripts.`;
  const changed: string[] = RUNNING_PARTS.filter((part) => sorted(before[part]) !== sorted(after[part]));
  changed.push(...DEPENDENCIES.filter((part) => foreign(before[part]) !== foreign(after[part])));
  return changed.length === 0 ? undefined : `${change.path} changes ${changed.join(", ")}: the package manager runs what they name.`;
}

/** What of a list of dependencies comes from elsewhere than the registry under its own name: an address, a folder, another name. */
function foreign(part: unknown): string {
  return sorted(Object.entries(typeof part === "object" && part !== null ? part : {}).filter(([, wanted]) => (typeof wanted === "string" ? /[:/]/u.test(wanted) : true)));
}

/** Undefined where the text is no JSON object. */
function parsedObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** JSON with the keys in one order, so that moving a line is no change. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? "";
}

function buildSystemChange(change: JudgedChange, contents: Contents): string | undefined {
  if (contents.after === undefined) return `${change.path} could not be compared: it may name a new build system, which runs code.`;
  if (contents.before === undefined && change.status !== "added") return `${change.path} could not be compared: it may name a new build system, which runs code.`;
  return buildSystem(contents.before ?? "") === buildSystem(contents.after)
    ? undefined
    : `${change.path} changes the build system: installing runs what it names.`;
}

/** The lines that say anything about the build system: its table, and single keys of it elsewhere. */
function buildSystem(toml: string): string {
  let inside = false;
  const lines: string[] = [];
  for (const line of toml.split(/\r?\n/u)) {
    const bare = line.trim();
    if (/^\[/u.test(bare) && /^\[{1,2}[^\],{}=]+\]{1,2}\s*(?:#.*)?$/u.test(bare)) inside = /build-system/u.test(bare);
    if ((inside || /build-(?:system|backend)|backend-path|\\u/u.test(bare)) && bare !== "" && !bare.startsWith("#")) lines.push(bare);
  }
  return lines.join("\n");
}

function hostChange(change: JudgedChange, contents: Contents): string | undefined {
  if (contents.after === undefined) return `${change.path} could not be compared: it may name new download servers.`;
  if (contents.before === undefined && change.status !== "added") return `${change.path} could not be compared: it may name new download servers.`;
  const known = hosts(contents.before ?? "");
  const added = [...hosts(contents.after)].filter((host) => !known.has(host));
  return added.length === 0 ? undefined : `${change.path} names download servers that were not there before: ${added.sort().join(", ")}.`;
}

/** Every host in a URL of the text, with its scheme, because https to http is a change too. */
function hosts(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const match of text.matchAll(/\b([a-z][a-z0-9+.-]{1,20}):\/\/(?:[^\s/@"']{0,200}@)?([^\s/"'?#)\],]+)|\bgit@([^\s:"']+):/giu)) {
    found.add((match[3] ?? `${match[1] ?? ""}://${match[2] ?? ""}`).toLowerCase());
  }
  return found;
}
