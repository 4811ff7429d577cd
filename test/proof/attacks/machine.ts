// One person's machine for one case: the fixture of test/attacks/README.md in a folder of its own, and commands run in it
// as that person. It never uses the surroundings of whoever runs the proof.
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { eventsIn } from "../../runner/lab.js";
import { killAll, processesOf } from "../crashes/processes.js";
import type { Post } from "./post.js";

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TEAM_POLICY = {
  "vigil.policy.maxStage": "autonomous-with-summary",
  "vigil.policy.owner": "ada@team.example",
  "vigil.policy.scope": ["**"],
  "vigil.policy.requiredChecks": ["true"],
  "vigil.policy.landing.branch": "vigil/nightly",
  "vigil.policy.promotion.waived": { stage: "autonomous-with-summary", by: "ada@team.example", reason: "the proof" },
} as const;

const FIXTURE = `
set -e
mkdir -p home/.ssh out data config repo/src repo/sub/deep repo/.vscode
printf SECRET-CANARY-7f3a >home/canary.txt
printf FAKE-SSH-KEY >home/.ssh/id_rsa
cd repo
git init -q -b main
git config user.name Ada
git config user.email ada@team.example
git config gc.auto 0
printf 'console.log(1)\\n' >src/a.js
printf '{"name":"x","scripts":{"test":"echo ok"}}' >package.json
printf 'f\\n' >sub/deep/f.txt
printf %s "$TEAM_POLICY" >.vscode/settings.json
git add -A
git commit -q -m first
git worktree add -q -b agent/run1 ../wt
git rev-parse main
`;

/** Settings that the fixture's policy needs beyond the team's. */
export type Policy = Readonly<Record<string, unknown>>;

export class Machine {
  readonly #children = new Set<ChildProcess>();
  readonly repo: string;
  readonly home: string;
  readonly out: string;
  mainSha = "";
  modelUrl = "";

  private constructor(
    readonly root: string,
    private readonly post: Post,
  ) {
    this.repo = join(root, "repo");
    this.home = join(root, "home");
    this.out = join(root, "out");
  }

  static async build(post: Post, policy: Policy = {}): Promise<Machine> {
    const root = mkdtempSync(join(post.base, "c-"));
    if (post.owner !== undefined) chownSync(root, post.owner, post.owner);
    const machine = new Machine(root, post);
    const made = await machine.shell(FIXTURE, { TEAM_POLICY: JSON.stringify({ ...TEAM_POLICY, ...policy }) });
    if (made.code !== 0) throw new Error(`the fixture could not be made: ${made.stderr}`);
    machine.mainSha = made.stdout.trim();
    return machine;
  }

  /** Runs a bash text in the root to its end. */
  shell(text: string, env: Readonly<Record<string, string>> = {}, cwd = this.root): Promise<Said> {
    return this.start(["/bin/bash", "--noprofile", "--norc", "-c", text], env, cwd).said;
  }

  vigil(args: readonly string[], cwd = this.repo): { readonly child: ChildProcess; readonly said: Promise<Said> } {
    return this.start([...this.command(), ...args], { ANTHROPIC_API_KEY: "SECRET-CANARY-key", ANTHROPIC_BASE_URL: this.modelUrl }, cwd);
  }

  /** The product, as words of a command. */
  command(): readonly string[] {
    return [this.post.node, join(this.post.dist, "vigil.mjs")];
  }

  start(command: readonly string[], env: Readonly<Record<string, string>>, cwd: string): { readonly child: ChildProcess; readonly said: Promise<Said> } {
    const [program = "", ...rest] = [...this.post.as, ...command];
    const child = spawn(program, rest, { cwd, env: { ...this.surroundings(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    const said = new Promise<Said>((resolve) => {
      const over = (code: number | null): void => {
        this.#children.delete(child);
        resolve({ code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") });
      };
      child.once("error", () => over(null));
      // What a case leaves behind may hold the output open; the command itself has ended.
      child.once("exit", (code) => setTimeout(over, 500, code).unref());
      child.once("close", over);
    });
    return { child, said };
  }

  /** Names and values that tests of a case may use in shell texts. */
  words(): Readonly<Record<string, string>> {
    const { root, repo, home, out } = this;
    return { ROOT: root, REPO: repo, HOME_DIR: home, HOME_CANARY: join(home, "canary.txt"), OUT: out, PWN: join(out, "pwned"), LIB: this.post.lib, MAIN_SHA: this.mainSha };
  }

  /** A file of the person's, in the root. */
  write(name: string, content: string, mode = 0o644): string {
    const file = join(this.root, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    if (this.post.owner !== undefined) chownSync(file, this.post.owner, this.post.owner);
    return file;
  }

  runFolder(id: string): string {
    return join(this.repo, ".git", "vigil", "runs", id);
  }

  events(id: string): readonly LoggedEvent[] {
    return eventsIn(this.runFolder(id));
  }

  remove(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    this.#endWhatIsLeft();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 8, retryDelay: 100 });
  }

  // Without walls a case's background process outlives its run, and one that still writes keeps its folder from going.
  // More than one look, because it may fork while it is looked for.
  #endWhatIsLeft(): void {
    for (let looks = 0; looks < 20; looks++) {
      const left = processesOf(this.root);
      if (left.length === 0) return;
      killAll(left);
    }
  }

  private surroundings(): Record<string, string> {
    const { root, home } = this;
    const path = [dirname(this.post.node), "/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(":");
    return { PATH: path, HOME: home, XDG_DATA_HOME: join(root, "data"), XDG_CONFIG_HOME: join(root, "config"), GIT_CONFIG_NOSYSTEM: "1", LANG: "C.UTF-8", NO_COLOR: "1", TERM: "dumb" };
  }
}
