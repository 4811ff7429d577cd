// A person who works in their repository with git: small pieces of work, each of which begins and ends with clean files and
// succeeds when nobody disturbs it. The same seed gives the same work, down to the commit ids.
import { execFile } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Chance } from "../../chance.js";

export interface Failed {
  readonly command: string;
  readonly said: string;
}

/** One person's place: `home` holds `repo`, the `friend`'s clone that they fetch from, and `bare`, which they push to. */
export class UserAtWork {
  readonly repo: string;
  readonly failed: Failed[] = [];
  commands = 0;
  readonly #home: string;
  readonly #chance: Chance;
  #count = 0;
  #tags: string[] = [];

  constructor(home: string, chance: Chance) {
    this.#home = home;
    this.repo = join(home, "repo");
    this.#chance = chance;
  }

  /** Makes the friend's clone and the bare repository. Not counted. */
  async settle(): Promise<void> {
    await this.#git(this.#home, ["clone", "-q", "repo", "friend"]);
    await this.#git(this.#home, ["clone", "-q", "--bare", "repo", "bare"]);
    for (const [name, value] of [["user.name", "Grace"], ["user.email", "grace@team.example"]] as const) await this.#git(join(this.#home, "friend"), ["config", name, value]);
    await this.#git(this.repo, ["remote", "add", "friend", "../friend"]);
    // As a person's git is: it may tidy up behind a commit.
    await this.#git(this.repo, ["config", "--unset", "gc.auto"]);
  }

  /** Works until at least so many commands were given. */
  async work(commands: number): Promise<void> {
    const pieces = [this.#commit, this.#amend, this.#stash, this.#merge, this.#rebase, this.#worktree, this.#fetch, this.#tag, this.#reset, this.#look, this.#tidy, this.#moveFiles, this.#undo];
    await this.#commit();
    while (this.commands < commands) await this.#chance.pick(pieces).call(this);
  }

  /** As an editor does all day. */
  async look(): Promise<void> {
    await this.#run("status", "--porcelain");
  }

  async #run(...args: string[]): Promise<void> {
    await this.#in(this.repo, ...args);
  }

  async #in(folder: string, ...args: string[]): Promise<void> {
    this.commands += 1;
    const said = await this.#git(folder, args);
    if (said !== undefined) this.failed.push({ command: `git ${args.join(" ")}`, said });
  }

  /** Undefined when it went well; else what git said. */
  #git(cwd: string, args: readonly string[]): Promise<string | undefined> {
    // Times by count, so that the work done elsewhere by the same seed gives the same commits.
    const date = `${String(1_700_000_000 + this.commands)} +0000`;
    const env = { PATH: process.env["PATH"], HOME: join(this.#home, "person"), GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C.UTF-8", GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_EDITOR: "true" };
    return new Promise((resolve) => {
      execFile("git", [...args], { cwd, env, encoding: "utf8" }, (error, stdout, stderr) => resolve(error === null ? undefined : `${stdout}${stderr}`.trim().slice(0, 500)));
    });
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #write(name: string, folder = this.repo): void {
    mkdirSync(join(folder, "user"), { recursive: true });
    writeFileSync(join(folder, "user", name), `${name} ${String(this.#next())}\n`);
  }

  async #commit(): Promise<void> {
    this.#write(`file-${String(this.#chance.below(20))}.txt`);
    await this.#run("add", "-A");
    await this.#run("commit", "-q", "-m", `work ${String(this.#count)}`);
  }

  async #amend(): Promise<void> {
    this.#write(`file-${String(this.#chance.below(20))}.txt`);
    await this.#run("add", "user");
    await this.#run("commit", "-q", "--amend", "--no-edit");
  }

  async #stash(): Promise<void> {
    appendFileSync(join(this.repo, "README.md"), `${String(this.#next())}\n`);
    this.#write(`new-${String(this.#count)}.txt`);
    await this.#run("stash", "push", "-q", "-u");
    await this.#run("status", "--porcelain");
    await this.#run("stash", "pop", "-q");
    await this.#run("add", "-A");
    await this.#run("commit", "-q", "-m", "out of the stash");
  }

  async #merge(): Promise<void> {
    const topic = `topic-${String(this.#next())}`;
    await this.#run("checkout", "-q", "-b", topic);
    this.#write(`${topic}.txt`);
    await this.#run("add", "-A");
    await this.#run("commit", "-q", "-m", topic);
    await this.#run("checkout", "-q", "main");
    await this.#run("merge", "-q", "--no-ff", "--no-edit", topic);
    await this.#run("branch", "-q", "-d", topic);
  }

  async #rebase(): Promise<void> {
    const topic = `rebased-${String(this.#next())}`;
    await this.#run("branch", topic, "HEAD~1");
    await this.#run("checkout", "-q", topic);
    this.#write(`${topic}.txt`);
    await this.#run("add", "-A");
    await this.#run("commit", "-q", "-m", topic);
    await this.#run("rebase", "-q", "main");
    await this.#run("checkout", "-q", "main");
    await this.#run("merge", "-q", "--ff-only", topic);
    await this.#run("branch", "-q", "-D", topic);
  }

  async #worktree(): Promise<void> {
    const name = `beside-${String(this.#next())}`;
    const folder = join(this.#home, name);
    await this.#run("worktree", "add", "-q", "-b", name, folder);
    this.#write(`${name}.txt`, folder);
    await this.#in(folder, "add", "-A");
    await this.#in(folder, "commit", "-q", "-m", name);
    await this.#run("worktree", "remove", folder);
    if (this.#chance.oneIn(2)) await this.#run("branch", "-q", "-D", name);
  }

  async #fetch(): Promise<void> {
    const friend = join(this.#home, "friend");
    this.#write(`friend-${String(this.#next())}.txt`, friend);
    await this.#in(friend, "add", "-A");
    await this.#in(friend, "commit", "-q", "-m", "by a friend");
    await this.#run("fetch", "-q", "friend");
    if (this.#chance.oneIn(2)) await this.#run("cherry-pick", "friend/main");
    if (this.#chance.oneIn(2)) await this.#run("push", "-q", "-f", "../bare", "main");
  }

  async #tag(): Promise<void> {
    const tag = `v${String(this.#next())}`;
    await this.#run("tag", ...(this.#chance.oneIn(2) ? [tag] : ["-a", "-m", tag, tag]));
    this.#tags.push(tag);
    const old = this.#tags.length > 5 ? this.#tags.shift() : undefined;
    if (old !== undefined) await this.#run("tag", "-d", old);
  }

  async #reset(): Promise<void> {
    await this.#commit();
    await this.#run("reset", "-q", ...(this.#chance.oneIn(2) ? ["--hard"] : ["--soft"]), "HEAD~1");
    await this.#run("reset", "-q", "--hard");
  }

  async #look(): Promise<void> {
    await this.#run("status");
    await this.#run("log", "--oneline", "-20", "--all");
    await this.#run("diff", "--stat", "HEAD~1");
  }

  async #tidy(): Promise<void> {
    await this.#run(...this.#chance.pick([["gc", "-q"], ["pack-refs", "--all"], ["pack-refs", "--all", "--prune"], ["maintenance", "run", "--task=loose-objects"], ["worktree", "prune"], ["fsck", "--connectivity-only"]]));
  }

  async #moveFiles(): Promise<void> {
    const name = `moved-${String(this.#next())}.txt`;
    this.#write(name);
    await this.#run("add", "-A");
    await this.#run("commit", "-q", "-m", name);
    await this.#run("mv", `user/${name}`, `user/again-${name}`);
    await this.#run("commit", "-q", "-m", `again ${name}`);
    await this.#run("rm", "-q", `user/again-${name}`);
    await this.#run("commit", "-q", "-m", `without ${name}`);
  }

  async #undo(): Promise<void> {
    await this.#commit();
    await this.#run("revert", "--no-edit", "HEAD");
  }
}
