// The write and edit tools over a tree: they make a new tree among the git objects. No file is written anywhere, and what
// stood in the way (a link, a folder, a submodule) is named and never replaced.
import { isUtf8 } from "node:buffer";
import { writeTree } from "../../git/blobs.js";
import { isIgnored } from "../../git/ignored.js";
import { bytesOf, described, find, type TreeView } from "./find.js";
import { isBinary, READ_LIMIT } from "./read.js";
import { refused, type Said } from "./said.js";

export interface WriteInput {
  readonly file_path: string;
  readonly content: string;
}

export interface EditInput {
  readonly file_path: string;
  readonly old_string: string;
  readonly new_string: string;
  readonly replace_all?: boolean | undefined;
}

/** Characters that a file may grow to by one edit: many replacements by a long text would take all memory. */
const LARGEST_EDIT = 16 * 1024 * 1024;
const PLAIN = "100644";

export async function writeFile(view: TreeView, { file_path, content }: WriteInput): Promise<Said> {
  const found = await find(view, file_path);
  if (found.kind === "refused") return refused(`write: ${found.why}`);
  if (found.kind === "top") return refused(`write: ${file_path} is a folder`);
  if (found.kind === "found" && found.node.kind !== "file") return refused(`write: ${await described(view, found.node)}; choose another path`);
  // A file in the worktree that git ignores is part of no tree, so with walls too it would be in no proposal.
  if (found.kind === "absent" && (await isIgnored(view.worktree, found.path))) {
    return refused(`write: ${file_path} is ignored by git, so it could be part of no proposal. Choose a path that git does not ignore.`);
  }
  const bytes = Buffer.from(content, "utf8");
  const tree = await writeTree(view.worktree, view.tree, [{ path: found.path, content: bytes, mode: found.kind === "found" ? found.node.mode : PLAIN }]);
  return { ok: true, text: `wrote ${bytes.length} bytes to ${file_path}`, tree };
}

export async function editFile(view: TreeView, input: EditInput): Promise<Said> {
  const { file_path, old_string, new_string } = input;
  const found = await find(view, file_path);
  if (found.kind === "refused") return refused(`edit: ${found.why}`);
  if (found.kind === "absent") return refused(`edit: ${file_path}: no such file or directory`);
  if (found.kind === "top") return refused(`edit: ${file_path} is not a regular file`);
  const { node } = found;
  if (node.kind !== "file") return refused(`edit: ${await described(view, node)}`);
  if (node.size > READ_LIMIT) return refused(`edit: ${file_path} is ${node.size} bytes, exceeds ${READ_LIMIT}-byte limit. A file this large cannot be edited in place; split the change up or leave the file as it is.`);
  const bytes = await bytesOf(view, node);
  if (isBinary(bytes)) return refused(`edit: ${file_path} is a binary file`);
  if (!isUtf8(bytes)) return refused(`edit: ${file_path} is not UTF-8, so an edit would change bytes that it does not name`);
  const text = bytes.toString("utf8");
  const parts = text.split(old_string);
  const count = parts.length - 1;
  if (count === 0) return refused(`edit: old_string not found in ${file_path}${lineEndHint(text, old_string)}`);
  if (count > 1 && input.replace_all !== true) return refused(`edit: old_string appears ${count} times in ${file_path} (must be unique)`);
  const length = text.length + count * (new_string.length - old_string.length);
  if (length > LARGEST_EDIT) return refused(`edit: ${file_path} would grow to ${length} characters, more than ${LARGEST_EDIT}`);
  const tree = await writeTree(view.worktree, view.tree, [{ path: found.path, content: Buffer.from(parts.join(new_string), "utf8"), mode: node.mode }]);
  return { ok: true, text: `edited ${file_path} (${count} replacement(s))`, tree };
}

// The commonest reason why a text that was just read is not found: its lines end otherwise than they look.
function lineEndHint(text: string, wanted: string): string {
  const plain = wanted.replaceAll("\r\n", "\n");
  if (text.includes(plain.replaceAll("\n", "\r\n"))) return ": its lines end in CRLF, write \\r\\n in old_string and new_string";
  if (text.includes(plain)) return ": its lines end in LF, without \\r";
  return "";
}
