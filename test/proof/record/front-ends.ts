// Two or three people at one run: what they may ask of it, drawn by chance, and how they ask: through the store's inbox
// with a clerk of their own, or by the command line.
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "../../../src/core/command.js";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { runRunner } from "../../../src/runner/runner.js";
import { fileStore } from "../../../src/store/file-store.js";
import type { Lab, Said } from "../../runner/lab.js";
import type { Chance } from "../../chance.js";

const NAMES = ["Ada", "Grace", "Edsger"] as const;

/** What is asked of a run, with the words that tell this asking from every other, where its kind has room for words. */
export interface Asking {
  readonly command: Command;
  readonly words: string | undefined;
}

/** `events`: the log so far, from which the questions and decisions are drawn. */
export function drawn(events: readonly LoggedEvent[], front: number, n: number, chance: Chance): Asking {
  const name = NAMES[front] ?? "Ada";
  const by = { name, email: `${name.toLowerCase()}@team.example` };
  const gates = events.flatMap((event) => (event.kind === "gate.raised" ? [event] : []));
  const decisions = events.flatMap((event) => (event.kind === "decision.ended" ? [event.decision] : []));
  const words = `${name} says ${String(n)}`;
  const plain = (command: Command): Asking => ({ command, words: undefined });
  switch (chance.below(gates.length > 0 ? 16 : 9)) {
    case 0:
    case 1:
      return { command: { kind: "steer", text: words, by }, words };
    case 2:
      return plain({ kind: "pause", by });
    case 3:
      return plain({ kind: "resume", by });
    case 4:
      return plain({ kind: "lower", stage: chance.pick(["read-only", "gated-write", "bounded-write"]), by });
    case 5:
      return chance.oneIn(3) ? plain({ kind: "stop", by }) : plain({ kind: "land", confirm: [], by });
    case 6:
      return plain(chance.oneIn(2) ? { kind: "land", confirm: [], by } : { kind: "unland", by });
    case 7:
    case 8:
      return plain({ kind: "review", verdicts: [{ targets: [chance.pick(decisions)], verdict: chance.pick(["accept", "accept", "reject", "later"]), basis: "decision" }], by });
    default: {
      const gate = chance.pick(gates);
      return { command: { kind: "answer", gate: gate.gate, answer: chance.pick(["allow", "deny"]), digest: chance.oneIn(8) ? "0".repeat(64) : gate.digest, forRun: false, comment: words, by }, words };
    }
  }
}

/** Starts a clerk in this process, as a front end does with a process of its own. It returns at once where another has the run. */
export async function clerk(lab: Lab, id: string): Promise<void> {
  await runRunner({ runsFolder: `${lab.repo}/.git/vigil/runs`, run: id, role: "clerk", secrets: {}, workshopScript: `${lab.dist}/workshop.mjs`, hostsScript: `${lab.dist}/hosts.mjs`, version: "0.1.0", signal: new AbortController().signal });
}

/** One front end: posts its askings in order, with chance between them, and starts clerks beside. Gives the posted ids. */
export async function frontEnd(lab: Lab, id: string, askings: readonly Asking[], chance: Chance, clerks: Promise<void>[]): Promise<readonly string[]> {
  // A store of its own, as every process has: names of commands are its own count.
  const log = fileStore(`${lab.repo}/.git/vigil/runs`).open(id);
  const posted: string[] = [];
  for (const { command } of askings) {
    const wait = chance.below(4);
    const alone = chance.oneIn(2);
    if (wait > 0) await pause(wait * wait);
    posted.push(await log.post(command));
    if (alone) clerks.push(clerk(lab, id));
  }
  return posted;
}

/** The same asking as a person types it. */
export function typed(lab: Lab, id: string, { command }: Asking): Promise<Said> {
  const words = ((): readonly string[] => {
    switch (command.kind) {
      case "steer":
        return ["steer", id, command.text];
      case "lower":
        return ["lower", id, command.stage];
      case "answer":
        return ["answer", id, command.gate, command.answer, "--comment", command.comment ?? ""];
      case "review":
        return ["review", id, command.verdicts[0]?.verdict === "reject" ? "--reject" : "--accept", command.verdicts[0]?.targets.join(",") ?? ""];
      default:
        return [command.kind, id];
    }
  })();
  return lab.vigil(...words);
}
