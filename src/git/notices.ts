// What a run that starts from HEAD leaves out, as sentences for the person. Reads their checkout without a lock and
// without writing their index.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { git, readable, records } from "./host.js";
import { checkoutSettings, personSettings } from "./person-settings.js";
import type { Repository } from "./types.js";

export async function notices(repository: Repository): Promise<string[]> {
  const settings = await personSettings(repository);
  const door = { gitDir: repository.gitDir, workTree: repository.root };
  const status = await git(door, ["status", "--porcelain=v2", "-z", "--untracked-files=normal", "--no-renames", "--ignore-submodules=all"], { config: checkoutSettings(settings) });
  const lines = records(status.stdout);
  const changed = lines.filter((line) => /^[12u] /.test(line)).map((line) => readable(line.split(" ").slice(line.startsWith("u") ? 10 : 8).join(" ")));
  const untracked = lines.filter((line) => line.startsWith("? ")).map((line) => readable(line.slice(2)));

  const said: string[] = [];
  if (changed.length > 0) said.push(`${count(changed.length, "file")} with uncommitted changes ${changed.length === 1 ? "is" : "are"} left out (${few(changed)}): the run starts from the last commit.`);
  if (untracked.length > 0) said.push(`${count(untracked.length, "untracked file or folder", "untracked files or folders")} ${untracked.length === 1 ? "is" : "are"} left out (${few(untracked)}): commit what the run needs.`);
  if (repository.branch === undefined) said.push(`HEAD is detached at ${repository.head.slice(0, 8)}: the run starts there, on no branch.`);
  const tree = await committed(repository);
  if (tree.submodules.length > 0) said.push(`${count(tree.submodules.length, "submodule")} (${few(tree.submodules)}) ${tree.submodules.length === 1 ? "stays an empty folder" : "stay empty folders"} in the run's worktree.`);
  if (tree.lfs) said.push("Files kept by Git LFS stay pointer files in the run's worktree.");
  if (settings.partialClone) said.push("This is a partial clone: the run cannot fetch what is missing. If it fails to start, fill the clone with git fetch --refetch --no-filter.");
  if (await access(join(repository.commonDir, "shallow")).then(() => true, () => false)) said.push("This is a shallow clone: the agent sees no history before its cut.");
  return said;
}

async function committed(repository: Repository): Promise<{ submodules: string[]; lfs: boolean }> {
  const { stdout } = await git({ gitDir: repository.gitDir }, ["ls-tree", "-r", "-z", repository.head]);
  const submodules: string[] = [];
  const attributes: string[] = [];
  for (const line of records(stdout)) {
    const cut = line.indexOf("\t");
    const name = line.slice(cut + 1);
    const [mode, , object] = line.slice(0, cut).split(" ");
    if (mode === "160000") submodules.push(readable(name));
    if (object !== undefined && (name === ".gitattributes" || name.endsWith("/.gitattributes"))) attributes.push(object);
  }
  for (const object of attributes) {
    const text = (await git({ gitDir: repository.gitDir }, ["cat-file", "blob", object])).stdout.toString("utf8");
    if (/^[^#\n]*\sfilter=lfs(\s|$)/m.test(text)) return { submodules, lfs: true };
  }
  return { submodules, lfs: false };
}

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

function few(names: readonly string[]): string {
  const first = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}
