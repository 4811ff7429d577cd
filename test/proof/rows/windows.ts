// Two and three front ends at one run, interleaved by chance: one writer at any time, every command taken up or refused
// exactly once, and the first answer holds.
import { mkdirSync } from "node:fs";
import { isLetGo } from "../../../src/client/command-run.js";
import { fileStore } from "../../../src/store/file-store.js";
import type { RunLog } from "../../../src/store/store.js";
import { begun, gone, happens, workerOf } from "../../runner/begun.js";
import { Lab, POLICY } from "../../runner/lab.js";
import { chanceOf, type Chance } from "../../chance.js";
import { clerk, drawn, frontEnd, typed, type Asking } from "../record/front-ends.js";
import { interleavingProblems } from "../record/one-writer.js";
import { ASKS, endedRun, interruptedRun, momentOf, type Moment } from "../record/waiting-runs.js";
import type { Outcome, Proving, Row } from "../row.js";

export const windows: Row = {
  id: "windows",
  title: "500 interleavings of two and three front ends",
  target: "exactly one writer, each command folded once, the first answer holds",
  measure,
};

/** Milliseconds in which a clerk ends on any machine; and in which most do. */
const PATIENCE = 60_000;
const BRIEFLY = 3_000;

interface Tally {
  commands: number;
  readonly short: string[];
  say(text: string): void;
}

async function measure(proving: Proving): Promise<Outcome> {
  const { size, seed, folder } = proving;
  const [inProcess, byCommandLine, atWorker] = size === "whole" ? [420, 60, 20] : [8, 1, 0];
  const chance = chanceOf(seed);
  const tally: Tally = { commands: 0, short: [], say: (text) => proving.say(text) };
  mkdirSync(folder, { recursive: true });
  const moments = [await endedRun(folder), await interruptedRun(folder)];
  try {
    for (let n = 0; n < inProcess + byCommandLine; n++) {
      const moment = moments[n % moments.length];
      if (moment === undefined) continue;
      moment.restore();
      const askings = askingsAt(moment, chance);
      if (n < inProcess) await byStore(moment, askings, n, chance, tally);
      else await byHand(moment, askings, n, tally);
      if (n % 50 === 49) proving.say(`${String(n + 1)} interleavings`);
    }
  } finally {
    for (const { lab } of moments) await lab.close();
  }
  for (let n = 0; n < atWorker; n++) await besideWorker(folder, n, chance, tally);
  const all = inProcess + byCommandLine + atWorker;
  return {
    kind: "shown",
    figure: `${String(all)} interleavings, ${String(tally.commands)} commands: ${String(inProcess)} through the inbox with clerks in one process, ${String(byCommandLine)} through command line and clerk processes, ${String(atWorker)} beside a worker process; ${String(tally.short.length)} violations`,
    met: tally.short.length === 0,
    short: tally.short,
  };
}

/** Two or three front ends' lists. */
function askingsAt(moment: Moment, chance: Chance): readonly (readonly Asking[])[] {
  const events = moment.lab.events(moment.id);
  return Array.from({ length: 2 + chance.below(2) }, (_, front) => Array.from({ length: 1 + chance.below(4) }, (_one, n) => drawn(events, front, n, chance)));
}

async function byStore({ lab, id, events }: Moment, askings: readonly (readonly Asking[])[], n: number, chance: Chance, tally: Tally): Promise<void> {
  const clerks: Promise<void>[] = [];
  const posted = await Promise.all(askings.map((own) => frontEnd(lab, id, own, chanceOf(chance.below(2 ** 31)), clerks)));
  await Promise.all(clerks);
  // Whatever was posted after the last clerk looked is there when the next process comes.
  await clerk(lab, id);
  report(tally, n, posted.flat().length, await interleavingProblems(lab, id, events, posted));
}

async function byHand(moment: Moment, askings: readonly (readonly Asking[])[], n: number, tally: Tally): Promise<void> {
  const { lab, id, events } = moment;
  const told = await Promise.all(askings.map((own) => inTurn(own.slice(0, 2), (asking) => typed(lab, id, asking).then((said) => ({ asking, said })))));
  // A command is over for whoever gave it before the process that carried it out is; and a resume, or an answer with a key
  // at hand, has set a worker going, which waits for the next answer until it is stopped.
  if (!(await isLetGo(logOf(lab, id), BRIEFLY))) await lab.vigil("stop", id);
  await letGo(lab, id, n);
  await clerk(lab, id);
  const problems = await interleavingProblems(lab, id, events, []);
  report(tally, n, told.flat().length, [...problems, ...told.flat().flatMap(({ asking, said }) => toldProblem(lab, id, asking, said.code))]);
}

async function letGo(lab: Lab, id: string, n: number): Promise<void> {
  if (!(await isLetGo(logOf(lab, id), PATIENCE))) throw new Error(`interleaving ${String(n)}: a process holds the run ${String(PATIENCE / 1000)} s after it was stopped`);
}

const logOf = (lab: Lab, id: string): RunLog => fileStore(`${lab.repo}/.git/vigil/runs`).open(id);

/** Whoever was told that it happened finds it in the log, once; nobody's words are there twice. */
function toldProblem(lab: Lab, id: string, { words, command }: Asking, code: number | null): string[] {
  if (words === undefined) return [];
  const accepted = lab.events(id).filter((event) => event.kind === "command.accepted" && JSON.stringify(event.command).includes(`"${words}"`)).length;
  return accepted === (code === 0 ? 1 : 0) ? [] : [`a ${command.kind} ended with exit code ${String(code)} and was accepted ${String(accepted)} times`];
}

/** A worker that waits for an answer, people at it from the command line and the inbox, and at last a stop. */
async function besideWorker(folder: string, n: number, chance: Chance, tally: Tally): Promise<void> {
  const lab = new Lab({ ...POLICY, "vigil.policy.requiredChecks": [] });
  try {
    await lab.serve(ASKS);
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "gate.awaited");
    const first = await workerOf(lab, id);
    const moment = momentOf(lab, id, folder);
    const askings = askingsAt(moment, chance);
    const clerks: Promise<void>[] = [];
    const [hand = [], ...others] = askings;
    const [, posted] = await Promise.all([
      inTurn(hand.slice(0, 2), (asking) => typed(lab, id, asking)),
      Promise.all(others.map((own) => frontEnd(lab, id, own, chanceOf(chance.below(2 ** 31)), clerks))),
    ]);
    await lab.vigil("stop", id);
    await Promise.all([said, gone(first), ...clerks]);
    // An answer or a resume may have set another worker going, and a stop that came after the end does not wait for it.
    await letGo(lab, id, n);
    await clerk(lab, id);
    // The worker's own beginning lies before the moment; everything is looked at here.
    const problems = await interleavingProblems(lab, id, 1, posted);
    report(tally, n, askings.flat().length, problems.length === 0 ? [] : [...problems, `its processes said: ${lab.complaints(id)}`]);
  } finally {
    await lab.close();
  }
}

async function inTurn<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> {
  const done: B[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

function report(tally: Tally, n: number, commands: number, problems: readonly string[]): void {
  tally.commands += commands;
  for (const problem of problems) {
    tally.short.push(`interleaving ${String(n)}: ${problem}`);
    tally.say(`interleaving ${String(n)}: ${problem}`);
  }
}
