// The grep tool over a tree: contents are read in portions, lines are tried in a thread that can be ended, and whatever
// was not searched is said.
import { count } from "../../core/run/amounts.js";
import type { TreeNode } from "../../git/tree-nodes.js";
import { readBlobs } from "../../git/blobs.js";
import type { TreeView } from "./find.js";
import { startMatcher, type Matcher } from "./matcher.js";
import { isBinary } from "./read.js";
import { refused, said, type Said } from "./said.js";
import { patternOf, scopeOf, SEARCH_MS, shownPath, type SearchInput } from "./scope.js";

/** Bytes of output and characters of a line that is searched, as in the tool behind walls. */
const LIMIT = { output: 100 * 1024, line: 2_000 } as const;
/** What is in memory at a time: files, and bytes of them. A larger file is not searched. */
const PORTION = { files: 500, bytes: 8 * 1024 * 1024 } as const;

export async function grepFiles(view: TreeView, { pattern, path: below }: SearchInput, signal: AbortSignal): Promise<Said> {
  const read = patternOf("grep", pattern, () => withFlags(pattern));
  if (read.kind === "refused") return read.said;
  const scope = await scopeOf(view, "grep", below);
  if (scope.kind === "refused") return scope.said;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS)]);
  const matcher = startMatcher(read.expression, deadline);
  try {
    return await search(view, scope.nodes.filter((node) => node.kind === "file"), matcher, deadline);
  } finally {
    await matcher.close();
  }
}

async function search(view: TreeView, files: readonly TreeNode[], matcher: Matcher, signal: AbortSignal): Promise<Said> {
  const searched = files.filter((file) => file.size <= PORTION.bytes);
  const hits: string[] = [];
  let room: number = LIMIT.output;
  let long = 0;
  const answer = (...notes: readonly string[]): Said => {
    const large = files.length - searched.length;
    const left = [...(large === 0 ? [] : [`${count(large, "file")} of more than ${PORTION.bytes} bytes`]), ...(long === 0 ? [] : [`${count(long, "line")} of more than ${LIMIT.line} characters`])];
    return said([...(hits.length === 0 ? ["no matches"] : hits), ...notes, ...(left.length === 0 ? [] : [`[not searched: ${left.join(", ")}]`])].join("\n"));
  };
  for (const portion of portions(searched)) {
    if (signal.aborted) return answer("[the search was cut short, because it took too long]");
    const lines = await linesOf(view, portion);
    long += lines.filter((line) => line.text.length > LIMIT.line).length;
    const short = lines.filter((line) => line.text.length <= LIMIT.line);
    const found = await matcher.match(short.map((line) => line.text));
    if (found.kind === "failed") return refused(`grep: the pattern cannot be tried (${found.why})`);
    if (found.kind === "ended") return answer("[the search was cut short, because it took too long]");
    for (const line of found.lines.flatMap((n) => short[n] ?? [])) {
      const hit = `${shownPath(view, line.file)}:${line.number}:${line.text}`;
      room -= Buffer.byteLength(hit) + 1;
      if (room < 0) return answer(`[output truncated at ${LIMIT.output} bytes]`);
      hits.push(hit);
    }
  }
  return answer();
}

function portions(files: readonly TreeNode[]): readonly (readonly TreeNode[])[] {
  const found: TreeNode[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = found.at(-1);
    bytes += file.size;
    if (last !== undefined && last.length < PORTION.files && bytes <= PORTION.bytes) {
      last.push(file);
      continue;
    }
    found.push([file]);
    bytes = file.size;
  }
  return found;
}

interface Line {
  readonly file: TreeNode;
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
}

async function linesOf(view: TreeView, files: readonly TreeNode[]): Promise<readonly Line[]> {
  const contents = await readBlobs(view.worktree, [...new Set(files.map((file) => file.object))]);
  return files.flatMap((file) => {
    const bytes = contents.get(file.object);
    if (bytes === undefined) throw new Error(`git did not give the object ${file.object} of ${file.path}`);
    if (bytes.length === 0 || isBinary(bytes)) return [];
    const texts = bytes.toString("utf8").split("\n");
    if (texts.at(-1) === "") texts.pop();
    return texts.map((text, n): Line => ({ file, number: n + 1, text: text.endsWith("\r") ? text.slice(0, -1) : text }));
  });
}

// Flags at the beginning, as other search programs take them: (?i)todo
function withFlags(pattern: string): RegExp {
  const [all = "", flags = ""] = /^\(\?([ims]+)\)/u.exec(pattern) ?? [];
  return new RegExp(pattern.slice(all.length), [...new Set(flags)].join(""));
}
