// A question of a run and the exact commands that answer it. What an answer is about is shown whole, or cut with a
// pointer to the rest; each line of it stands behind a bar, so that nothing in it can pose as Vigil's own words.
import type { ShownGate } from "../client/show-run.js";
import { count } from "../core/run/amounts.js";
import { wrap } from "../core/run/wrap.js";
import { visible } from "../core/text/visible.js";
import { ago } from "./amounts.js";
import { pieces } from "./cells.js";
import type { Ink } from "./ink.js";

export interface GateLook {
  readonly ink: Ink;
  /** In columns. */
  readonly width: number;
  /** How much of a decision's diff is shown, in lines. A command or a question is never cut. */
  readonly lines: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

const ASKED: Readonly<Record<ShownGate["kind"], string>> = {
  decision: "your verdict on a decision",
  write: "a write that needs you",
  command: "a command that needs you",
  host: "a host that needs you",
  question: "a question",
  landing: "a landing that needs you",
  budget: "a limit that was reached",
  refusal: "a refusal of the model",
  plan: "the goals, before anything is changed",
};

export function gateText(run: string, gate: ShownGate, look: GateLook): string {
  const { ink } = look;
  const parked = gate.state === "parked" ? ", skipped for now" : "";
  const lines = [
    `${ink.bold(ink.yellow(`Approval ${gate.id}`))} (${gate.kind}): ${ASKED[gate.kind]}${parked}, asked ${ago(look.now - gate.raisedAt)}`,
    ...shownLines(run, gate, look),
  ];
  if (gate.ifDenied !== null) lines.push(...wrap(`If you deny: ${visible(gate.ifDenied)}`, look.width, "  "));
  return [...lines, ...answerLines(run, gate)].join("\n");
}

/** For a run that is followed: it was told already what the decision is, and the diff would bury the rest. */
export function raisedText(run: string, gate: ShownGate, look: GateLook): string {
  if (gate.kind !== "decision") return gateText(run, gate, look);
  return [`${look.ink.bold(look.ink.yellow(`Approval ${gate.id}`))} (decision): your verdict on ${visible(gate.target)}. Its diff: vigil show ${run}`, ...answerLines(run, gate)].join("\n");
}

function answerLines(run: string, gate: ShownGate): string[] {
  const answer = `vigil answer ${run} ${gate.id}`;
  if (gate.kind === "plan") return [`  Go ahead:       ${answer} allow`, `  Change it:      vigil goals ${run} --edit plan.md`, `  Another plan:   ${answer} deny --comment "what is wrong with it"`];
  if (gate.kind === "question") return [`  Yes, or your answer:  ${answer} allow --comment "your answer"`, `  No:                   ${answer} deny`];
  return [`  Yes:  ${answer} allow`, `  No:   ${answer} deny --comment "why not"`];
}

/** Which blobs git compared says nothing to a person. */
const BLOBS = /^index [0-9a-f]{40,64}\.\.[0-9a-f]{40,64}(?: \d+)?$/u;

function shownLines(run: string, gate: ShownGate, look: GateLook): string[] {
  const text = visible((gate.shown ?? `${gate.target}\n\n${gate.why}`).trimEnd(), { lines: true });
  const patch = gate.kind === "decision";
  const lines = text.split("\n").filter((line) => !patch || !BLOBS.test(line));
  // Cutting off less than the pointer to it is worth helps nobody.
  const hidden = patch && lines.length > look.lines + 2 ? lines.length - look.lines : 0;
  const bar = look.ink.dim("  │ ");
  const shown = lines.slice(0, lines.length - hidden).flatMap((line) => pieces(line, look.width - 4).map((piece) => `${bar}${patch ? patchInk(line, look.ink)(piece) : piece}`.trimEnd()));
  return hidden === 0 ? shown : [...shown, `  … ${count(hidden, "more line")}: vigil show ${run} --full`];
}

function patchInk(line: string, ink: Ink): (text: string) => string {
  if (line.startsWith("+")) return ink.green;
  if (line.startsWith("-")) return ink.red;
  return line.startsWith("@@") ? ink.cyan : (text) => text;
}
