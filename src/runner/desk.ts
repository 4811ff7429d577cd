// The inbox, folded in one order: each command is accepted or refused in the log before it acts, then its file goes. The
// desk never runs a tool; what needs the worktree at rest (a rejected stack) waits until the bench settles.
import type { Command } from "../core/command.js";
import type { RunEvent } from "../core/log/event.js";
import type { Person } from "../core/log/parts.js";
import { foldersAt } from "../git/read.js";
import type { RunWriter } from "../store/store.js";
import { cut } from "./cut.js";
import { dropStack, type Drop } from "./drop.js";
import { settleLowered } from "./lowered.js";
import { answerEvents } from "./commands/answer.js";
import { abandonEvents, planEvents, raiseEvents, waiveEvents } from "./commands/goals.js";
import { reviewEvents } from "./commands/review.js";
import type { Folded } from "./commands/folded.js";
import { lowerEvents, pauseEvents, resumeEvents, steerEvents, stopEvents } from "./commands/steering.js";
import type { Site } from "./site.js";

/** What a clerk or a worker does with a command that has effects beyond the log; resolves when they are logged. */
export interface DeskActions {
  land(command: Extract<Command, { kind: "land" }>): Promise<void>;
  unland(command: Extract<Command, { kind: "unland" }>): Promise<void>;
  /** A stop was accepted. */
  stop(why: string): Promise<void>;
  /** Something that nobody waits for went wrong: the run must halt. */
  fail(error: unknown): void;
}

/** What a log line keeps of a person's words, in characters; the model is given them whole. */
const WORDS = 4_000;

export class Desk {
  readonly #site: Site;
  readonly #writer: RunWriter;
  readonly #actions: DeskActions;
  /** A model works in this process: effects must interrupt it. */
  readonly #live: () => boolean;
  #drops: Drop[] = [];
  #folding: Promise<void> = Promise.resolve();

  constructor(site: Site, writer: RunWriter, actions: DeskActions, live: () => boolean) {
    this.#site = site;
    this.#writer = writer;
    this.#actions = actions;
    this.#live = live;
  }

  /** Folds everything in the inbox now; calls queue behind one another. */
  drain(): Promise<void> {
    const next = this.#folding.then(() => this.#fold());
    this.#folding = next.catch(() => undefined);
    return next;
  }

  /** Applies rejections and a lowered stage that arrived since. Call it only where no tool runs. */
  async settle(): Promise<void> {
    for (let drop = this.#drops.shift(); drop !== undefined; drop = this.#drops.shift()) await dropStack(this.#site, drop);
    await settleLowered(this.#site);
    if (this.#drops.length > 0) return this.settle();
    this.#site.shop.atRest();
  }

  /** Lands what a person allowed when no landing could be made of it at once: the run had not ended, or a crash came. */
  async landAllowed(): Promise<void> {
    const { events, run } = this.#site.ledger;
    const at = events.findLastIndex((event) => event.kind === "gate.answered" && event.answer === "allow" && run.gates.some((gate) => gate.id === event.gate && gate.type === "landing"));
    const allowed = events[at];
    if (allowed?.kind !== "gate.answered" || events.slice(at).some((event) => event.kind.startsWith("landing."))) return;
    await this.#landIfAllowed(allowed.gate, allowed.by);
  }

  async #fold(): Promise<void> {
    for (const item of await this.#writer.inbox()) {
      const { commands } = this.#site.ledger.run;
      if (!Object.hasOwn(commands, item.id)) {
        if (item.kind === "unreadable") await this.#refuse(item.id, `The command could not be read (${item.problem}).`, item.raw.slice(0, 500));
        else if (item.body.kind === "start") await this.#refuse(item.id, "This run has started already.", { kind: "start" });
        else await this.#take(item.id, item.body);
      }
      await this.#writer.consume(item.id);
    }
  }

  async #take(id: string, command: Command): Promise<void> {
    const { ledger } = this.#site;
    const folded = await this.#folded(command, id);
    if (folded.kind === "refused") return this.#refuse(id, folded.why, forLog(command));
    const accepted: RunEvent = { kind: "command.accepted", id, command: forLog(command) };
    await ledger.append(accepted, ...folded.events);
    if (folded.drop !== undefined && this.#live()) this.#drops.push(folded.drop);
    // Not waited for: the next command may be a stop, and whoever needs the worktree waits by themselves.
    if (folded.kill !== undefined && this.#live()) this.#site.shop.kill(folded.kill).catch((error: unknown) => { this.#actions.fail(error); });
    if (command.kind === "stop") await this.#actions.stop(command.why ?? `${command.by.name} stopped the run`);
    if (command.kind === "land") await this.#actions.land(command);
    if (command.kind === "answer" && command.answer === "allow") await this.#landIfAllowed(command.gate, command.by);
    if (command.kind === "unland") await this.#actions.unland(command);
  }

  // Allowing the landing that policy did not do by itself is landing: what asked twice was shown with the question.
  async #landIfAllowed(gateId: string, by: Person): Promise<void> {
    const { run } = this.#site.ledger;
    const gate = run.gates.find((candidate) => candidate.id === gateId);
    if (gate?.type !== "landing" || run.phase.kind !== "ended" || this.#live()) return;
    await this.#actions.land({ kind: "land", onto: gate.target, confirm: run.decisions.map((decision) => decision.id), by });
  }

  async #folded(command: Command, id: string): Promise<Folded> {
    const { ledger } = this.#site;
    switch (command.kind) {
      case "answer":
        return answerEvents(ledger, command, id);
      case "review":
        return reviewEvents(ledger, command, id);
      case "steer":
        return steerEvents(ledger, command, () => foldersAt(this.#site.repository, ledger.run.spec.base));
      case "pause":
        return pauseEvents(ledger.run, command);
      case "resume":
        return resumeEvents(ledger.run, command);
      case "stop":
        return stopEvents(ledger.run);
      case "plan":
        return planEvents(ledger, command, id);
      case "abandon":
        return abandonEvents(ledger.run, command);
      case "waive":
        return waiveEvents(ledger, command);
      case "raise":
        return raiseEvents(ledger.run, command);
      case "lower":
        return lowerEvents(ledger, command);
      case "land":
        return this.#live() || ledger.run.phase.kind !== "ended"
          ? { kind: "refused", why: "The run has not ended: landing takes what a finished run left. Wait for it, or stop it (vigil stop), then land." }
          : { kind: "accepted", events: [] };
      case "unland":
        return ledger.run.landing?.state === "landed"
          ? { kind: "accepted", events: [] }
          : { kind: "refused", why: "Nothing of this run is landed, so there is nothing to take back." };
    }
  }

  async #refuse(id: string, why: string, command: unknown): Promise<void> {
    await this.#site.ledger.append({ kind: "command.refused", id, why, command });
  }
}

function forLog(command: Command): Command {
  if (command.kind === "steer") return { ...command, text: cut(command.text, WORDS) };
  if (command.kind === "answer" && command.comment !== undefined) return { ...command, comment: cut(command.comment, WORDS) };
  return command;
}
