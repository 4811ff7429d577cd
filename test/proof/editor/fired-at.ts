// One run from its start in the editor to its landing, with the extension host killed while the run works and while answers,
// verdicts and landings are being given. After each kill the person reloads the window and looks; what has not happened,
// they do again.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { replay } from "../../../src/core/run/replay.js";
import type { Run } from "../../../src/core/run/run.js";
import { all, workerOf } from "../../runner/begun.js";
import { Lab } from "../../runner/lab.js";
import { fileStore } from "../../../src/store/file-store.js";
import { isLetGo } from "../../../src/client/command-run.js";
import type { Chance } from "../../chance.js";
import { Durable } from "../crashes/durable.js";
import { endedWith, ownFiles } from "../crashes/performance.js";
import { lives } from "../crashes/processes.js";
import { Editor, until } from "./editor.js";
import { partsScenario, titleOf } from "./shift.js";
import { aimed, drawnShot, shotName } from "./shot.js";

/** How often somebody is killed in one run, by what is under way. */
export interface Kills {
  /** Parts of the run; in each the host dies once at work and once while the person answers. */
  readonly parts: number;
  /** Of the verdicts, of which there are as many as parts. */
  readonly verdicts: number;
  /** Landings and takings back, in turn; the last landing stays. */
  readonly landings: number;
}

export interface FiredAt {
  readonly problems: readonly string[];
  /** What was killed when. */
  readonly kills: readonly string[];
}

/** Milliseconds for a command to have been taken up and carried out. */
const CARRIED_OUT = 120_000;
const TRIES = 3;
/** Milliseconds for which a part is at least worked on, see `shift.ts`. */
const WORK = 1_000;

/** `expected`: how the same run ends where a person has only the command line. */
export async function firedAt({ parts, verdicts, landings }: Kills, chance: Chance, expected: string, say: (text: string) => void): Promise<FiredAt> {
  const scenario = partsScenario(parts);
  const lab = new Lab(scenario.settings);
  let editor: Editor | undefined;
  try {
    const model = await lab.serve(scenario.script);
    const before = ownFiles(lab.fingerprint());
    editor = await Editor.open(lab);
    await editor.start(scenario.task);
    const id = await lab.firstRun();
    const worker = await workerOf(lab, id);
    const fire = new Fire(lab, editor, id, chance, say);
    await fire.openTimeline();
    for (let n = 0; n < parts; n += 1) {
      await fire.answers(2 * n, "calmly");
      await fire.worksOn(worker);
      await fire.answers(2 * n + 1, "under fire");
    }
    await lab.event(id, (event) => event.kind === "run.ended", CARRIED_OUT);
    for (let n = 1; n <= parts; n += 1) await fire.accepts(n, n <= verdicts ? "under fire" : "calmly");
    for (let n = 0; n < landings; n += 1) await (n % 2 === 0 ? fire.lands("under fire") : fire.takesBack());
    if (!fire.isLanded()) await fire.lands("calmly");
    await editor.window.close();
    editor = undefined;
    fire.close();
    const workers = all(lab, id, "runner.started").filter(({ role }) => role === "worker").length;
    const { problems } = await endedWith(lab, model, [id], before, expected);
    return { kills: fire.kills, problems: [...fire.problems, ...problems, ...(workers === 1 ? [] : [`the run had ${String(workers)} workers, not one`])] };
  } catch (error) {
    await editor?.window.screenshot("failed editor-kills");
    throw error;
  } finally {
    await editor?.window.close();
    await lab.close();
  }
}

type How = "calmly" | "under fire";

class Fire {
  readonly problems: string[] = [];
  readonly kills: string[] = [];
  readonly #durable: Durable;

  constructor(
    readonly lab: Lab,
    readonly editor: Editor,
    readonly id: string,
    readonly chance: Chance,
    readonly say: (text: string) => void,
  ) {
    this.#durable = new Durable(lab, this.problems);
  }

  async openTimeline(): Promise<void> {
    await this.editor.window.palette("Vigil: Open Decision Timeline");
    await this.editor.page.locator("main").waitFor();
    // An editor keeps what stands in its window when it is reloaded, or in its own time.
    await this.editor.reload();
  }

  /** The host dies while the agent works; the run does not notice. */
  async worksOn(worker: number): Promise<void> {
    const shot = { from: "written", ms: this.chance.below(WORK) } as const;
    await aimed(this.lab, this.id, shot)();
    await this.#kill("a run at work", shotName(shot));
    if (!lives(worker)) this.problems.push("the run's process died with the extension host");
    await this.editor.comeBack();
  }

  async answers(nth: number, how: How): Promise<void> {
    const gates = await until("the run's question", () => {
      const open = all(this.lab, this.id, "gate.awaited");
      return open.length > nth ? open : undefined;
    });
    const gate = gates[nth]?.gate ?? "";
    await this.#does(`an answer to ${gate}`, how, () => all(this.lab, this.id, "gate.answered").some((event) => event.gate === gate), async () => {
      await this.editor.page.locator(".gate .shown").waitFor();
      await this.editor.page.getByRole("button", { name: "Allow once" }).click();
    });
  }

  async accepts(part: number, how: How): Promise<void> {
    const isAccepted = (): boolean => this.#run().decisions[part - 1]?.verdicts[`d${String(part)}`]?.verdict === "accept";
    await this.#does(`a verdict on d${String(part)}`, how, isAccepted, async () => {
      const row = this.editor.page.locator("main .row").filter({ has: this.editor.page.getByText(titleOf(part), { exact: true }) });
      await row.click();
      await this.editor.page.locator("main .current .title").getByText(titleOf(part), { exact: true }).waitFor();
      await this.editor.window.press("a");
    });
  }

  async lands(how: How): Promise<void> {
    await this.#does("a landing", how, () => this.isLanded(), async () => {
      await this.editor.window.palette("Vigil: Land on Branch…", "asks");
      await this.editor.pick("A new branch");
    });
  }

  async takesBack(): Promise<void> {
    await this.#does("the undo of a landing", "under fire", () => !this.isLanded(), () => this.editor.window.palette("Vigil: Undo Last Landing"));
  }

  isLanded(): boolean {
    return this.#run().landing?.state === "landed";
  }

  close(): void {
    this.#durable.check(this.id);
  }

  /** Does it until it has happened; under fire the host is killed while it is done for the first time. */
  async #does(what: string, how: How, happened: () => boolean, act: () => Promise<void>): Promise<void> {
    if (how === "under fire") {
      const shot = drawnShot(this.chance);
      const moment = aimed(this.lab, this.id, shot);
      await act();
      await moment();
      await this.#kill(what, shotName(shot));
      await this.editor.comeBack();
      await this.#settled();
    }
    for (let tries = 0; !happened(); tries += 1) {
      if (tries === TRIES) throw new Error(`${what} did not happen, however often it was given; ${this.lab.complaints(this.id).slice(-800)}`);
      await act();
      await until(what, () => (happened() ? true : undefined), CARRIED_OUT / 2).catch((error: unknown) => { if (tries + 1 === TRIES) throw error; });
    }
    await this.#settled();
  }

  async #kill(what: string, when: string): Promise<void> {
    const bytes = this.#durable.bytesOf(this.id);
    const left = await this.editor.killHost();
    this.say(`${what}, ${when}`);
    this.#durable.remember(this.id, bytes);
    this.kills.push(`${what}, ${when}`);
    this.problems.push(...left.map((one) => `outlived its kill: ${one}`));
  }

  /** Resolves when whoever takes commands up has done so: the run waits for a person, or nobody is at it any more. */
  async #settled(): Promise<void> {
    const inbox = join(this.lab.runFolder(this.id), "inbox");
    if (this.#run().phase.kind === "ended") await isLetGo(fileStore(join(this.lab.repo, ".git", "vigil", "runs")).open(this.id), CARRIED_OUT);
    else await until("the run's commands taken up", () => (readdirSync(inbox).some((name) => name.endsWith(".json")) ? undefined : true));
  }

  #run(): Run {
    const run = replay(this.lab.events(this.id));
    if (run === undefined) throw new Error("the run has no beginning");
    return run;
  }
}
