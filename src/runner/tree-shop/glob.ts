// The glob tool over a tree. The pattern is the model's, so it becomes an expression that is tried in a thread which can
// be ended; a tree knows no times, so results come in the order of their names.
import path from "node:path";
import picomatch from "picomatch";
import { targetOf, type TreeView } from "./find.js";
import { startMatcher } from "./matcher.js";
import { refused, said, type Said } from "./said.js";
import { patternOf, scopeOf, SEARCH_MS, shownPath, type SearchInput } from "./scope.js";

/** As many as the tool behind walls gives. */
const RESULTS = 200;

export async function globFiles(view: TreeView, { pattern, path: below }: SearchInput, signal: AbortSignal): Promise<Said> {
  if (path.isAbsolute(pattern) || pattern.split(/[\\/{},]/u).includes("..")) return refused('glob: the pattern must be relative and may not contain ".."; use path for the folder to search in');
  const read = patternOf("glob", pattern, () => picomatch.makeRe(pattern, { dot: true }));
  if (read.kind === "refused") return read.said;
  const scope = await scopeOf(view, "glob", below);
  if (scope.kind === "refused") return scope.said;
  const named = scope.nodes.map((node) => ({ node, name: node.path.slice(scope.prefix.length) })).filter(({ node, name }) => node.kind !== "submodule" && !name.split("/").includes("node_modules"));
  const matcher = startMatcher(read.expression, AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS)]));
  const found = await matcher.match(named.map(({ name }) => name)).finally(() => matcher.close());
  if (found.kind === "failed") return refused(`glob: the pattern cannot be tried (${found.why})`);
  if (found.kind === "ended") return refused(`glob: the search was ended after ${SEARCH_MS / 1000} s; use a simpler pattern`);
  const matched = found.lines.flatMap((n) => named[n]?.node ?? []);
  if (matched.length === 0) return said("no matches");
  const lines: string[] = [];
  for (const node of matched.slice(0, RESULTS)) {
    lines.push(node.kind === "link" ? `${shownPath(view, node)} -> ${await targetOf(view, node)} (a symbolic link, not followed)` : shownPath(view, node));
  }
  if (matched.length > RESULTS) lines.push(`[${matched.length - RESULTS} more matches are not shown]`);
  return said(lines.join("\n"));
}
