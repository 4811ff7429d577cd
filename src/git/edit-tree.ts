// Makes the tree that another becomes when some of its files are set or dropped, without an index: only the folders on the
// way to them are read and written. What it makes is what git would write, byte for byte.
import type { Sha } from "../core/log/parts.js";
import { git } from "./host.js";
import { objectId, writeObject } from "./objects.js";

/** One file, link or submodule, its name in the latin1 form of `records`; undefined drops it. */
export interface Edit {
  readonly name: string;
  readonly entry: { readonly mode: string; readonly object: Sha } | undefined;
}

type Entries = ReadonlyMap<string, { readonly mode: string; readonly object: string }>;

/** Folders of a tree by path; one that the tree does not have is missing. */
export type Folders = ReadonlyMap<string, Entries>;

const FOLDER = "40000";

/** Whether `foldersOf` can ask for these: its requests are lines. */
export const canBeAsked = (names: readonly string[]): boolean => names.every((name) => !name.includes("\n"));

/** The folders of `tree` that lie on the way to `names`. */
export async function foldersOf(gitDir: string, tree: Sha, names: readonly string[]): Promise<Folders> {
  const paths = [...new Set(names.flatMap(above))];
  const asked = paths.map((path) => (path === "" ? tree : `${tree}:${path}`));
  const { stdout } = await git({ gitDir }, ["cat-file", "--batch", "--buffer"], { input: Buffer.from(asked.map((line) => `${line}\n`).join(""), "latin1") });
  const found = new Map<string, Entries>();
  let at = 0;
  for (const path of paths) {
    const end = stdout.indexOf(10, at);
    const header = /^[0-9a-f]+ ([a-z]+) (\d+)$/.exec(stdout.toString("latin1", at, end));
    at = end + 1;
    // Nothing there, or a submodule, whose commit is nobody's business here.
    if (header === null) continue;
    const size = Number(header[2]);
    if (header[1] === "tree") found.set(path, parsed(stdout.subarray(at, at + size), tree.length / 2));
    at += size + 1;
  }
  return found;
}

/** Every folder above a name, the top (`""`) included. */
function above(name: string): string[] {
  const parts = name.split("/");
  return parts.map((_, n) => parts.slice(0, n).join("/"));
}

function parsed(bytes: Buffer, idBytes: number): Entries {
  const entries = new Map<string, { mode: string; object: string }>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    entries.set(bytes.toString("latin1", space + 1, end), { mode: bytes.toString("latin1", at, space), object: bytes.toString("hex", end + 1, end + 1 + idBytes) });
    at = end + 1 + idBytes;
  }
  return entries;
}

/** The tree with the edits made. `folders` as `foldersOf` gives them for these names. All its objects are durable. */
export async function editTree(gitDir: string, tree: Sha, folders: Folders, edits: readonly Edit[]): Promise<Sha> {
  const written: { readonly object: Sha; readonly bytes: Buffer }[] = [];
  const objects = { gitDir, like: tree };
  const build = (path: string, here: readonly Edit[]): Sha | undefined => {
    const entries = new Map(folders.get(path));
    const inside = new Map<string, Edit[]>();
    const files: Edit[] = [];
    const from = path === "" ? 0 : path.length + 1;
    for (const edit of here) {
      const cut = edit.name.indexOf("/", from);
      if (cut < 0) {
        files.push(edit);
        continue;
      }
      const folder = edit.name.slice(from, cut);
      inside.set(folder, [...(inside.get(folder) ?? []), edit]);
    }
    for (const [folder, some] of inside) {
      const object = build(path === "" ? folder : `${path}/${folder}`, some);
      if (object !== undefined) entries.set(folder, { mode: FOLDER, object });
      else if (entries.get(folder)?.mode === FOLDER) entries.delete(folder);
    }
    // Files last: one that takes an emptied folder's place stays, and one that a folder replaced is gone already.
    for (const { name, entry } of files) {
      const own = name.slice(from);
      if (entry !== undefined) entries.set(own, { mode: entry.mode, object: entry.object });
      else if (entries.get(own)?.mode !== FOLDER) entries.delete(own);
    }
    if (entries.size === 0 && path !== "") return undefined;
    const bytes = bytesOf(entries);
    const object = objectId(objects, "tree", bytes);
    written.push({ object, bytes });
    return object;
  };
  const made = build("", edits) ?? tree;
  await Promise.all(written.map(({ object, bytes }) => writeObject(objects, "tree", object, bytes)));
  return made;
}

/** In git's order: by bytes, a folder as if a slash ended its name. */
function bytesOf(entries: Entries): Buffer {
  const keyed = [...entries].map(([name, entry]) => ({ name, entry, key: entry.mode === FOLDER ? `${name}/` : name }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.concat(keyed.flatMap(({ name, entry }) => [Buffer.from(`${entry.mode} ${name}\0`, "latin1"), Buffer.from(entry.object, "hex")]));
}
