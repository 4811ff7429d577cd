// What differs between two trees: by file with line counts, and as a patch. Attributes of the tree cannot hide a file
// here, and no external program has a say.
import { fileChange } from "../core/log/parts.js";
import type { FileChange, Sha } from "../core/log/parts.js";
import { git, readable, records } from "./host.js";
import type { Worktree } from "./types.js";

// diff-tree follows no rename and asks no program unless it is told to, whatever is configured.
const plain = ["--ignore-submodules=none"];

/** Changed files in git's order. A rename is a deletion and an addition. */
export async function compareTrees(worktree: Worktree, from: Sha, to: Sha): Promise<FileChange[]> {
  if (from === to) return [];
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["diff-tree", "-r", "-z", "--raw", "--numstat", ...plain, from, to]);
  const lines = records(stdout);
  const counts = new Map<string, { added: number; removed: number; binary: boolean }>();
  const found: { name: string; modes: [string, string]; status: FileChange["status"] }[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const raw = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])$/.exec(line);
    if (raw !== null) {
      at += 1;
      found.push({ name: lines[at] ?? "", modes: [raw[1] ?? "", raw[2] ?? ""], status: statusOf(raw) });
      continue;
    }
    const count = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(line);
    if (count !== null) counts.set(count[3] ?? "", { added: Number(count[1]) || 0, removed: Number(count[2]) || 0, binary: count[1] === "-" });
  }
  return found.map(({ name, modes, status }) => fileChange.parse({ path: readable(name), status, modes, ...(counts.get(name) ?? { added: 0, removed: 0, binary: false }) }));
}

/** As `patchBytes`, as text: bytes that are not UTF-8 do not survive. */
export async function patch(worktree: Worktree, from: Sha, to: Sha, paths?: readonly string[]): Promise<string> {
  return (await patchBytes(worktree, from, to, paths)).toString("utf8");
}

/** The patch that leads from one tree to the other, with binary content in it; only for `paths` when given. */
export async function patchBytes(worktree: Worktree, from: Sha, to: Sha, paths?: readonly string[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const some of paths === undefined ? [[]] : inBatches(paths)) {
    const { stdout } = await git({ gitDir: worktree.gitDir }, ["diff-tree", "-r", "-p", "--binary", "--full-index", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", ...plain, from, to, "--", ...some]);
    parts.push(stdout);
  }
  return Buffer.concat(parts);
}

/** Lists short enough for a command line. No paths: no batch. */
export function inBatches(paths: readonly string[]): string[][] {
  const batches: string[][] = [];
  let size = Infinity;
  for (const path of paths) {
    if (size + path.length > 60_000) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(path);
    size += path.length + 1;
  }
  return batches;
}

function statusOf(raw: RegExpExecArray): FileChange["status"] {
  if (raw[5] === "A") return "added";
  if (raw[5] === "D") return "deleted";
  return raw[3] === raw[4] ? "mode" : "modified";
}
