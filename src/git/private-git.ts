// Makes git directories by hand: small, without hooks, with settings that are ours alone. Made like this they take
// milliseconds, and no template of the machine can put anything into them.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

export interface Layout {
  readonly folder: string;
  /** `sha1` or `sha256`. */
  readonly format: string;
  /** Object folders to borrow from, absolute. */
  readonly borrows: readonly string[];
  /** Content of the `shallow` file, where history is cut. */
  readonly shallow: string | undefined;
  /** Symbolic ref or commit. */
  readonly head: string;
  /** Additional lines of the config file. */
  readonly config: readonly string[];
  /** Paths that stay out of every snapshot, as lines of `info/exclude`. */
  readonly exclude: readonly string[];
}

/**
 * Attributes that outrank every `.gitattributes` of the tree. What is in a tree must be the file byte for byte, so no
 * line ending, encoding or keyword is converted, even where the project asks for it and a checkout looks foreign for it;
 * and no attribute may hide a file from a diff or choose how it merges.
 */
export const attributes = "* -text -eol -crlf -filter -ident -working-tree-encoding !diff !merge !whitespace\n";

/** Writes (or completes) a git directory. Safe to repeat. */
export async function makeGitDirectory(layout: Layout): Promise<void> {
  const at = (...names: string[]): string => join(layout.folder, ...names);
  for (const folder of [["objects", "info"], ["objects", "pack"], ["refs", "heads"], ["info"]]) await mkdir(at(...folder), { recursive: true, mode: 0o700 });
  const foreignCase = process.platform === "darwin" || process.platform === "win32";
  await writeFile(
    at("config"),
    [
      "[core]",
      `\trepositoryformatversion = ${layout.format === "sha1" ? 0 : 1}`,
      "\tbare = false",
      `\tfileMode = ${process.platform !== "win32"}`,
      `\tsymlinks = ${process.platform !== "win32"}`,
      `\tignoreCase = ${foreignCase}`,
      "\tlogAllRefUpdates = false",
      ...(layout.format === "sha1" ? [] : ["[extensions]", `\tobjectFormat = ${layout.format}`]),
      "[gc]",
      "\tauto = 0",
      "[merge]",
      "\trenames = false",
      "\tdirectoryRenames = false",
      ...layout.config,
      "",
    ].join("\n"),
  );
  await writeFile(at("info", "attributes"), attributes);
  await writeFile(at("info", "exclude"), layout.exclude.map((line) => `${line}\n`).join(""));
  if (layout.borrows.length > 0) await writeFile(at("objects", "info", "alternates"), layout.borrows.map((folder) => `${quoted(folder)}\n`).join(""));
  if (layout.shallow !== undefined) await writeFile(at("shallow"), layout.shallow);
  // Last, because a folder without HEAD is no repository: a torn one is never taken for whole.
  await writeFile(at("HEAD"), `${layout.head}\n`);
}

/** A repository's object folder and, in turn, all that it borrows from, absolute: git takes relative ones only at the first hop. */
export async function objectFolders(objects: string, seen: Set<string> = new Set()): Promise<string[]> {
  if (seen.has(objects)) return [];
  seen.add(objects);
  const text = await textOf(join(objects, "info", "alternates"));
  const found = [objects];
  for (const line of (text ?? "").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const path = unquoted(line);
    found.push(...(await objectFolders(isAbsolute(path) ? path : resolve(objects, path), seen)));
  }
  return found;
}

/** A file's text; undefined when there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}

/** C-style quoting, which the alternates file takes for names that are not plain. */
function quoted(path: string): string {
  return /^["#]|[\n\\]/.test(path) ? `"${path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"` : path;
}

function unquoted(line: string): string {
  if (!line.startsWith('"')) return line;
  return line.slice(1, line.lastIndexOf('"')).replace(/\\(n|t|.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter === "t" ? "\t" : letter));
}
