// Real repositories in temporary folders for the tests of git. Every test gets its own, and it is removed afterwards.
import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { erase } from "../../src/git/erase.js";
import { findRepository } from "../../src/git/repository.js";
import type { Repository, Worktree } from "../../src/git/types.js";
import { createWorktree, planWorktree } from "../../src/git/worktree.js";

const plainEnv = { PATH: process.env["PATH"] ?? "", LC_ALL: "C", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_AUTHOR_DATE: "@1700000000 +0000", GIT_COMMITTER_DATE: "@1700000000 +0000" };

/** Content of a file; `link` makes a symbolic link; a number of octal digits sets the mode. */
export type Content = string | Uint8Array | { readonly link: string } | { readonly text: string; readonly mode: number };

export class TempRepository {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "vigil-git-")));
  readonly root: string;

  constructor(files: Readonly<Record<string, Content>> = { "src/a.js": "one\ntwo\nthree\n", "sub/deep/f.txt": "deep\n", "package.json": '{"name":"x"}\n' }, name = "repo") {
    this.root = join(this.home, name);
    mkdirSync(this.root, { recursive: true });
    this.git("init", "-q", "-b", "main");
    this.git("config", "user.name", "Ada");
    this.git("config", "user.email", "ada@team.example");
    this.git("config", "gc.auto", "0");
    this.write(files);
    this.commit("first");
  }

  /** Plain git, as the person would type it. */
  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.root, env: plainEnv, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
  }

  write(files: Readonly<Record<string, Content | undefined>>): void {
    for (const [path, content] of Object.entries(files)) put(join(this.root, path), content);
  }

  commit(message: string): string {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }

  find(): Promise<Repository> {
    return findRepository(this.root);
  }

  plan(run = "r1"): Worktree {
    return planWorktree({ runFolder: join(this.root, ".git/vigil/runs", run), worktreesFolder: join(this.home, "worktrees"), run });
  }

  async worktree(run = "r1", include: readonly string[] = []): Promise<{ repository: Repository; worktree: Worktree; tree: string; notices: string[] }> {
    const repository = await this.find();
    const worktree = this.plan(run);
    return { repository, worktree, ...(await createWorktree(repository, worktree, repository.head, include)) };
  }

  /** By the product's own hand: an overlay leaves a folder that an ordinary user must open first. */
  remove(): Promise<void> {
    return erase(this.home);
  }
}

export function put(path: string, content: Content | undefined): void {
  rmSync(path, { recursive: true, force: true });
  if (content === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(path, content);
  else if ("link" in content) symlinkSync(content.link, path);
  else {
    writeFileSync(path, content.text);
    chmodSync(path, content.mode);
  }
}

/** Every file and link under a folder with its content and whether it is executable; folders only where they are empty. */
export function contents(folder: string, skip: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (at: string): void => {
    const names = readdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(at, "latin1")]), { encoding: "buffer" }).map((name) => name.toString("latin1")).sort();
    for (const name of names) {
      const path = at === "" ? name : `${at}/${name}`;
      if (skip(path)) continue;
      const real = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, "latin1")]);
      const stat = lstatSync(real);
      if (stat.isDirectory()) walk(path);
      else if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(real)}`;
      else if (stat.isFile()) found[path] = `${(stat.mode & 0o100) !== 0 ? "x" : "-"} ${readFileSync(real, "latin1")}`;
      else found[path] = "special";
    }
  };
  walk("");
  return found;
}

/** Gives `use` a repository and removes it. */
export async function inRepository<T>(use: (temp: TempRepository) => Promise<T>, files?: Readonly<Record<string, Content>>): Promise<T> {
  const temp = new TempRepository(files);
  try {
    return await use(temp);
  } finally {
    await temp.remove();
  }
}
