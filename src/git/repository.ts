// Finds the person's repository from a folder, or says what is in the way. It must never change anything there.
import { realpath, stat } from "node:fs/promises";
import { HumanError } from "../core/error.js";
import { sha } from "../core/log/parts.js";
import { gitAsPerson, gitText } from "./host.js";
import type { Repository } from "./types.js";

/** What this folder uses, batched fsync, `worktree list -z` and the behaviour of `read-tree --reset -u` among it, was settled by 2.38. */
const oldest: readonly [number, number] = [2, 38];

/** The repository that holds `folder`. Rejects with HumanError when there is none to work with. */
export async function findRepository(folder: string): Promise<Repository> {
  const place = await realFolder(folder);
  await checkVersion(place);
  const root = await ask(place, "--show-toplevel");
  const gitDir = await ask(place, "--absolute-git-dir");
  const commonDir = await ask(place, "--path-format=absolute", "--git-common-dir");
  const door = { gitDir };
  const head = await gitText(door, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { expect: [0, 1, 128] });
  const parsed = sha.safeParse(head.text);
  if (head.code !== 0 || !parsed.success) {
    throw new HumanError(`The repository at ${root} has no commit yet, and a run needs one to start from. Make a first commit and try again: git add -A && git commit -m "First commit".`, 2);
  }
  const symbolic = await gitText(door, ["symbolic-ref", "--quiet", "HEAD"], { expect: [0, 1] });
  const branch = symbolic.code === 0 && symbolic.text.startsWith("refs/heads/") ? symbolic.text.slice("refs/heads/".length) : undefined;
  return { root: await realpath(root), gitDir: await realpath(gitDir), commonDir: await realpath(commonDir), head: parsed.data, branch };
}

async function realFolder(folder: string): Promise<string> {
  const place = await realpath(folder).catch((error: NodeJS.ErrnoException) => {
    throw new HumanError(`The folder ${folder} cannot be opened (${error.code ?? error.message}). Name an existing folder inside a git repository.`, 2);
  });
  if (!(await stat(place)).isDirectory()) throw new HumanError(`${folder} is a file. Name a folder inside a git repository.`, 2);
  return place;
}

async function checkVersion(place: string): Promise<void> {
  const { text } = await gitAsPerson(undefined, place, ["--version"]);
  const found = /(\d+)\.(\d+)/.exec(text);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new HumanError(`This machine has ${text.trim()}; ${oldest.join(".")} or newer is needed to make worktrees safely. Update git and try again.`, 2);
  }
}

async function ask(place: string, ...question: string[]): Promise<string> {
  try {
    return (await gitAsPerson(undefined, place, ["rev-parse", ...question])).text;
  } catch (error) {
    if (error instanceof HumanError || !(error instanceof Error)) throw error;
    throw explain(place, error);
  }
}

function explain(place: string, error: Error): Error {
  const said = error.message;
  if (/dubious ownership|safe\.directory/.test(said)) {
    return new HumanError(`git does not trust ${place}, because it belongs to another user. If you trust it, say so and try again: git config --global --add safe.directory "${place}".`, 2);
  }
  if (/cannot use bare repository|must be run in a work tree/.test(said)) {
    return new HumanError(`${place} is a bare repository or a git directory: there are no files to work on. Run this in a clone with a checkout (git clone, or git worktree add).`, 2);
  }
  if (/not a git repository/.test(said)) {
    return new HumanError(`${place} is not inside a git repository, and a run needs one to be able to take things back. Go to your repository, or make one: git init && git add -A && git commit -m "First commit".`, 2);
  }
  return error;
}
