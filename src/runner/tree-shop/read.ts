// The read tool over a tree. It never follows a link, and never gives part of a file without being asked for a part.
import { bytesOf, described, find, type TreeView } from "./find.js";
import { refused, said, type Said } from "./said.js";

export interface ReadInput {
  readonly file_path: string;
  /** First and last line, counted from 1, both included; a last line of 0 or less means the end. */
  readonly view_range?: readonly number[] | undefined;
}

/** Bytes of one result, and of a file that is edited: the limit of the toolset that runs inside walls. */
export const READ_LIMIT = 256 * 1024;
/** Bytes of a file that parts can be read of: all of it is in memory meanwhile. */
const LARGEST = 32 * 1024 * 1024;

export async function readFile(view: TreeView, { file_path, view_range }: ReadInput): Promise<Said> {
  const [first, last] = view_range ?? [];
  if (view_range !== undefined && (view_range.length !== 2 || first === undefined || last === undefined)) return refused("read: view_range must be [start_line, end_line]");
  const found = await find(view, file_path);
  if (found.kind === "refused") return refused(`read: ${found.why}`);
  if (found.kind === "absent") return refused(`read: ${file_path}: no such file or directory`);
  if (found.kind === "top" || found.node.kind === "folder") return refused(`read: ${file_path} is not a regular file: it is a folder. List what is in it with glob.`);
  const { node } = found;
  if (node.kind === "link") return said(`[${await described(view, node)}]`);
  if (node.kind === "submodule") return refused(`read: ${await described(view, node)}`);
  if (node.size > READ_LIMIT && first === undefined) {
    return refused(`read: ${file_path} is ${node.size} bytes, exceeds ${READ_LIMIT}-byte limit. Use the view_range parameter to read specific line ranges, e.g. view_range: [1, 500].`);
  }
  if (node.size > LARGEST) return refused(`read: ${file_path} is ${node.size} bytes. Without commands no part of a file beyond ${LARGEST} bytes can be read.`);
  const bytes = await bytesOf(view, node);
  if (isBinary(bytes)) return refused(`read: ${file_path} is a binary file of ${node.size} bytes, which is not shown`);
  const text = bytes.toString("utf8");
  if (first === undefined || last === undefined) return said(text);
  const part = text.split("\n").slice(Math.max(0, first - 1), last > 0 ? last : undefined).join("\n");
  if (Buffer.byteLength(part) <= READ_LIMIT) return said(part);
  return refused(`read: the lines ${first} to ${last} of ${file_path} are more than ${READ_LIMIT} bytes. ${first === last ? "A part of a line cannot be read." : "Ask for fewer of them."}`);
}

/** As git and most tools tell it: text has no NUL. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}
