// Plays one case against a real run of the product: the tool path, the review's refresh, landing and the screen. It only
// reports what the case's own check says; it knows no defence.
import { createServer } from "node:http";
import { lstatSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ScriptBlock } from "../../../src/agent/scripted/script.js";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import type { Stage } from "../../../src/core/stage.js";
import { lives } from "../crashes/processes.js";
import type { AttackCase } from "./cases.js";
import { blocksOf, words, WORDS_FILE } from "./blocks.js";
import { ghostsIn, namesIn } from "./ghosts.js";
import { LiveModel } from "./live-model.js";
import { Machine, type Said } from "./machine.js";
import type { Post } from "./post.js";
import { rendered } from "./screen.js";

export interface Verdict {
  readonly id: string;
  readonly stage: Stage;
  /** The case's check failed: an attack succeeded, or a useful thing did not work. */
  readonly live: boolean;
  /** Files in the worktree that neither the fixture, the set-up nor the agent made. */
  readonly ghosts: readonly string[];
  readonly seconds: number;
  /** What was said, for a person who looks into it. */
  readonly note: string;
}

/** Only so that a run that hangs is told from one on a busy machine. */
const PATIENCE_MS = 180_000;
const TOOL_OUT_LIMIT = 4_000_000;

export async function siege(post: Post, one: AttackCase, stage: Stage): Promise<Verdict> {
  const started = performance.now();
  const machine = await Machine.build(post, one.policy);
  const model = await LiveModel.start();
  machine.modelUrl = model.url;
  const running = machine.vigil(["run", "Do the work", "--stage", stage, "--json"]);
  const run = new Besieged(machine, model, running.said);
  try {
    const { live, ghosts, note } = await run.play(one, stage);
    return { id: one.id, stage, live, ghosts, note, seconds: (performance.now() - started) / 1000 };
  } finally {
    run.end();
    machine.remove();
  }
}

class Besieged {
  readonly #door = createServer((request, response) => {
    void (async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const body = Buffer.concat(chunks).toString("utf8");
      response.end((request.url === "/land" ? await this.#land(body) : await this.#more(body)).join("\n"));
    })();
  });
  #id = "";
  #root = "";
  #stage: Stage = "read-only";
  #ended: Said | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly model: LiveModel,
    private readonly said: Promise<Said>,
  ) {
    void said.then((ended) => (this.#ended = ended));
  }

  async play(one: AttackCase, stage: Stage): Promise<Pick<Verdict, "live" | "ghosts" | "note">> {
    const { machine } = this;
    this.#stage = stage;
    await this.#next();
    this.#id = readdirSync(join(machine.repo, ".git", "vigil", "runs")).find((name) => !name.startsWith(".")) ?? "";
    const start = machine.events(this.#id).find((event) => event.kind === "worktree.created");
    if (start === undefined) throw new Error(`no worktree was made: ${(await this.said).stderr}`);
    this.#root = start.path;
    for (const name of ["home", "out"]) symlinkSync(join(machine.root, name), join(dirname(this.#root), name));
    const env = await this.#env();
    if (one.setup !== "") await machine.shell(one.setup, env);
    const before = namesIn(this.#root);

    const payload = one.tool === "ui" ? one.payload : words(one.payload, env);
    const blocks = blocksOf(one, payload);
    const results: string[] = [];
    let longest = 0;
    for (const reply of blocks.replies) {
      const from = performance.now();
      results.push(...(await this.#say(reply)));
      longest = Math.max(longest, performance.now() - from);
    }
    const told = blocks.shown(results).join("\n").slice(0, TOOL_OUT_LIMIT);
    const ghosts = ghostsIn(this.#root, before, `${payload} ${one.setup} ${WORDS_FILE}`);

    const screen = one.tool === "ui" ? await rendered(machine, this.#id, () => this.#finish()) : "";
    const more = { TOOL_OUT: machine.write("tool-out", told), RENDERED: machine.write("rendered", screen), DURATION_MS: String(Math.round(longest)) };
    const check = await machine.shell(one.verify, { ...env, ...more });
    return { live: check.code !== 0, ghosts, note: `${told.slice(0, 600)}\n${check.stderr.slice(0, 400)}${this.#ended === undefined ? "" : this.#ended.stderr.slice(0, 400)}` };
  }

  /** Ends every process of the run that still lives. */
  end(): void {
    for (const event of this.#id === "" ? [] : this.machine.events(this.#id)) {
      if (event.kind !== "runner.started") continue;
      for (const pid of [event.pid, -event.pid]) kill(pid);
    }
    this.#door.close();
    this.#door.closeAllConnections();
    this.model.close();
  }

  /** Gives a reply and resolves with its results, or with none when the run is over. A person says yes to whatever is asked meanwhile. */
  async #say(blocks: readonly ScriptBlock[]): Promise<readonly string[]> {
    if (this.#isOver()) return [];
    this.model.reply(blocks);
    return this.#next();
  }

  async #next(): Promise<readonly string[]> {
    let over = false;
    const watch = this.#answerGates(() => over);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the run neither asked nor ended within ${String(PATIENCE_MS / 1000)} s; its log ends with ${JSON.stringify(this.machine.events(this.#id).slice(-3))}`)), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.model.asked(), this.#gone(() => over), late]);
    } finally {
      over = true;
      clearTimeout(timer);
      await watch;
    }
  }

  async #gone(isEnough: () => boolean): Promise<readonly string[]> {
    await this.said;
    while (!isEnough() && !this.#isOver()) await new Promise((resolve) => setTimeout(resolve, 25));
    return [];
  }

  // With a question open and no terminal `vigil run` ends with 4 while the runner lives on: that is not the run's end.
  #isOver(): boolean {
    if (this.#ended === undefined) return false;
    return this.#ended.code !== 4 || !isAtWork(this.machine.events(this.#id));
  }

  async #answerGates(isOver: () => boolean): Promise<void> {
    let length = 0;
    while (!isOver()) {
      const grown = this.#id === "" ? 0 : (statSync(join(this.machine.runFolder(this.#id), "log.jsonl"), { throwIfNoEntry: false })?.size ?? 0);
      if (grown !== length) {
        length = grown;
        const events = this.machine.events(this.#id);
        const closed = new Set(events.flatMap((event) => (event.kind === "gate.answered" || event.kind === "gate.expired" ? [event.gate] : [])));
        const open = events.find((event) => event.kind === "gate.raised" && event.type !== "decision" && !closed.has(event.gate));
        if (open?.kind === "gate.raised") await this.machine.vigil(["answer", this.#id, open.gate, "allow"]).said;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** One more bash call, in a decision of its own. */
  async #more(command: string): Promise<readonly string[]> {
    await this.#say([{ call: { tool: "begin_decision", input: { title: "More", why: "more" } } }]);
    const said = await this.#say([{ call: { tool: "bash", input: { command } } }]);
    await this.#say([{ call: { tool: "end_decision", input: { outcome: "done" } } }]);
    return said;
  }

  async #finish(): Promise<void> {
    await this.#say([{ call: { tool: "finish", input: { summary: "All done." } } }]);
  }

  /** Ends the run and lands what it did on main, as a person who accepts everything but confirms nothing by name. */
  async #land(cwd: string): Promise<readonly string[]> {
    const { machine } = this;
    await this.#finish();
    const where = existsAsFolder(cwd) ? cwd : machine.repo;
    const steps = [
      ...(this.#stage === "autonomous-with-summary" ? [["unland", this.#id]] : []),
      ["review", this.#id, "--accept", "all"],
      ["land", this.#id, "--onto", "main"],
    ];
    const said: string[] = [];
    for (const step of steps) {
      const { stdout, stderr } = await machine.vigil([...step, "--repo", machine.repo], where).said;
      said.push(stdout, stderr);
    }
    return said;
  }

  async #env(): Promise<Readonly<Record<string, string>>> {
    const { machine } = this;
    await new Promise<void>((resolve) => this.#door.listen(0, "127.0.0.1", resolve));
    const address = this.#door.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const post = (path: string, body: string): string => `#!/bin/sh\nexec curl -sS --max-time 100 --data-binary ${body} http://127.0.0.1:${String(port)}/${path}\n`;
    const vigil = machine.write("vigil.sh", `#!/bin/sh\nANTHROPIC_API_KEY=SECRET-CANARY-key exec ${machine.command().map((word) => `'${word}'`).join(" ")} "$@"\n`, 0o755);
    return {
      ...machine.words(),
      WT: this.#root,
      STATE: machine.runFolder(this.#id),
      RUN_ID: this.#id,
      VIGIL: vigil,
      RUN_TOOL: machine.write("run-tool.sh", post("tool", '"$1"'), 0o755),
      HOST_REVIEW: `"${vigil}" diff ${this.#id} --patch --repo "${machine.repo}"`,
      HOST_LAND: `"${machine.write("land.sh", post("land", '"$PWD"'), 0o755)}"`,
    };
  }
}

/** Whether the process that wrote last lives and did not say that it leaves. */
function isAtWork(events: readonly LoggedEvent[]): boolean {
  const last = events.findLast((event) => event.kind === "runner.started" || event.kind === "runner.ended");
  return last?.kind === "runner.started" && lives(last.pid);
}

function existsAsFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
