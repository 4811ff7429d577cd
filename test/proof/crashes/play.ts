// One scenario from its start to its end, however often somebody kills what plays it: the person gives the next fitting
// command each time, and every kill is looked at: what was durable stays, and nothing outlives it.
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { replay } from "../../../src/core/run/replay.js";
import { Lab } from "../../runner/lab.js";
import { Durable } from "./durable.js";
import type { Victim } from "./points.js";
import { killAll, leftOf, processesNaming, textOf, treeOf, type Process, waitsToBegin } from "./processes.js";
import type { Scenario, Seen } from "./scenario.js";

/** Commands that nobody disturbed, without a new event between them, after which the run is said to be stuck. */
const STUCK = 8;
/** Milliseconds for a scenario, whatever happens to it. */
const LONGEST = 60 * 60_000;
const LOOK = 20;

/** Verbs that follow a run; the others see to it by themselves that somebody carries them out. */
const FOLLOWING: readonly string[] = ["run", "resume", "adopt"];

export class Play {
  readonly lab: Lab;
  readonly scenario: Scenario;
  /** What went wrong, as sentences. */
  readonly problems: string[] = [];
  /** Milliseconds from the start of each `vigil resume` to the run at work again. */
  readonly resumed: number[] = [];
  #front: { readonly child: ChildProcess; readonly verb: string } | undefined;
  readonly #durable: Durable;
  /** Which runs began from another's proposals; known once their first event is there. */
  readonly #adopting = new Map<string, boolean>();
  #edited = false;
  #killing: Promise<void> = Promise.resolve();
  #kills = 0;

  constructor(scenario: Scenario, dist: string) {
    this.scenario = scenario;
    this.lab = new Lab(scenario.settings);
    this.lab.dist = dist;
    this.#durable = new Durable(this.lab, this.problems);
  }

  /** Plays to the end. Throws where it does not come to one. */
  async perform(): Promise<void> {
    const deadline = Date.now() + LONGEST;
    let seen = "";
    let kills = 0;
    for (let idle = 0; ; idle += 1) {
      await this.#killing;
      if (Date.now() > deadline) throw new Error(`it did not end in time; ${this.#where()}`);
      const next = this.#next();
      if (next === "over") break;
      if (next === "wait") {
        idle -= 1;
        await new Promise((resolve) => setTimeout(resolve, LOOK));
        continue;
      }
      const now = this.ids().map((id) => `${id} ${String(this.lab.events(id).length)}`).join();
      if (now !== seen || this.#kills > kills) idle = 0;
      seen = now;
      kills = this.#kills;
      if (idle > STUCK) throw new Error(`it is stuck at "vigil ${next.join(" ")}"; ${this.#where()}`);
      await this.#command(next);
    }
    for (const id of this.ids()) this.#durable.check(id);
  }

  /** Runs of the repository, in the order in which they were started. */
  ids(): readonly string[] {
    const folder = join(this.lab.repo, ".git", "vigil", "runs");
    const ids = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d{8}-/.test(name)) : [];
    // Two of the same second are told apart by which of them adopts the other.
    return ids.sort((a, b) => Number(this.#adopts(a)) - Number(this.#adopts(b)) || a.localeCompare(b));
  }

  /** Who runs the run now, if anybody. */
  runner(): Process | undefined {
    const id = this.ids().at(-1);
    if (id === undefined) return undefined;
    // Its name stands in the lock soon; before that, only a look at every process finds it.
    const named = /"pid":(\d+)/.exec(textOf(join(this.lab.runFolder(id), "lock")))?.[1];
    const [holder] = named !== undefined && isRunnerOf(Number(named), id) ? treeOf(Number(named)) : [];
    return holder ?? processesNaming(id).find((one) => isRunnerOf(one.pid, id));
  }

  get frontEnd(): ChildProcess | undefined {
    return this.#front?.child;
  }

  /** Resolves when the victims and all that stems from them are gone. `release` is called once the killing is done. */
  kill(victim: Victim, runner: Process | undefined, release: () => void = () => undefined): Promise<void> {
    this.#kills += 1;
    this.#killing = this.#killed(victim, runner, release);
    return this.#killing;
  }

  async #killed(victim: Victim, runner: Process | undefined, release: () => void): Promise<void> {
    const front = this.#front;
    const frontTree = front?.child.pid === undefined ? [] : treeOf(front.child.pid);
    const runnerTree = runner === undefined ? [] : treeOf(runner.pid);
    const durable = this.ids().map((id) => [id, this.#durable.bytesOf(id)] as const);
    const own = frontTree.filter((one) => !runnerTree.some((other) => other.pid === one.pid));
    const killed = victim === "runner" ? runnerTree.slice(0, 1) : victim === "front end" ? own.slice(0, 1) : [...own, ...runnerTree];
    killAll(killed);
    release();
    for (const [id, bytes] of durable) this.#durable.remember(id, bytes);
    // A git of a killed runner may finish what it does; the sandbox may not outlive its runner.
    const left = await leftOf(victim === "runner" ? runnerTree : killed);
    this.problems.push(...left.filter((one) => !waitsToBegin(Number(one.split(" ", 1)[0]))).map((one) => `outlived the kill of the ${victim}: ${one}`));
    // Who follows a run whose process is gone would notice it after a while; this person closes the window.
    if (victim === "runner" && front !== undefined && FOLLOWING.includes(front.verb) && this.#begun()) front.child.kill("SIGINT");
  }

  async #command(words: readonly string[]): Promise<void> {
    const { child, said } = this.lab.start(...words, "--json");
    const since = Date.now();
    const before = this.#last(words[1] ?? "");
    this.#front = { child, verb: words[0] ?? "" };
    await said;
    this.#front = undefined;
    await this.#killing;
    if (words[0] !== "resume") return;
    const worked = this.lab.events(words[1] ?? "").find((event) => event.seq > before && event.kind === "sandbox.tested");
    if (worked !== undefined) this.resumed.push(worked.at - since);
  }

  #next(): readonly string[] | "over" | "wait" {
    const { task, stage } = this.scenario;
    const id = this.ids().at(-1);
    if (id === undefined) return ["run", task, "--stage", stage];
    const events = this.lab.events(id);
    const run = replay(events);
    const alive = this.runner() !== undefined;
    // Without even the word to start, nobody can begin it.
    if (run === undefined && !alive && !this.#posted(id)) return ["remove", id];
    if (run === undefined) return alive ? "wait" : ["resume", id];
    if (alive && (run.phase.kind === "ended" || this.#posted(id))) return "wait";
    if (run.phase.kind === "paused") return ["resume", id];
    const has: Seen["has"] = (kind, wanted = () => true) => events.some((event) => event.kind === kind && wanted(event));
    const move = this.scenario.next({ id, run, events, has, edited: this.#edited });
    if (move === undefined) return run.phase.kind === "ended" ? "over" : ["resume", id];
    if (!("settings" in move)) return move;
    this.#edited = true;
    writeFileSync(join(this.lab.repo, ".vscode", "settings.json"), JSON.stringify(move.settings, null, 2));
    return "wait";
  }

  #posted(id: string): boolean {
    return readdirSync(join(this.lab.runFolder(id), "inbox")).some((name) => name.endsWith(".json") && !name.startsWith("."));
  }

  #begun(): boolean {
    const id = this.ids().at(-1);
    return id !== undefined && this.lab.events(id).length > 0;
  }

  #adopts(id: string): boolean {
    const known = this.#adopting.get(id);
    const [first] = known === undefined ? this.lab.events(id) : [];
    const adopts = known ?? (first?.kind === "run.started" && first.spec.adopts !== undefined);
    if (first !== undefined) this.#adopting.set(id, adopts);
    return adopts;
  }

  #last(id: string): number {
    return existsSync(this.lab.runFolder(id)) ? (this.lab.events(id).at(-1)?.seq ?? 0) : 0;
  }

  #where(): string {
    const id = this.ids().at(-1) ?? "";
    const last: readonly LoggedEvent[] = id === "" ? [] : this.lab.events(id).slice(-6);
    return `its log ends with ${JSON.stringify(last).slice(0, 3_000)}; ${id === "" ? "" : this.lab.complaints(id).slice(-800)}`;
  }
}

function isRunnerOf(pid: number, id: string): boolean {
  const words = textOf(`/proc/${String(pid)}/cmdline`).split("\0");
  return words.includes(id) && words.some((word) => word.endsWith("runner.mjs"));
}
