// One long shift of a real runner in the real sandbox, looked at while it waits for the model: what it holds after having
// warmed up, what it holds at the end, and what it leaves behind.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { all, gone, processesWith, workerOf } from "../../runner/begun.js";
import { Lab, POLICY, ran } from "../../runner/lab.js";
import { bundleWith } from "../bundles.js";
import { namesIn } from "./places.js";
import { answerOf, ANSWER, holdingOf, PROBE, type Holding } from "./probe.js";
import { shiftScript } from "./shift.js";

export interface Length {
  readonly replies: number;
  /** In each reply. */
  readonly calls: number;
  /** The reply before which the runner counts as warm. */
  readonly warm: number;
  /** How often it is looked at between then and the end, to see how it grows. */
  readonly between: number;
}

/** One look at the runner during a pause. */
export interface Look extends Holding {
  /** The reply that comes next. */
  readonly before: number;
  /** Bytes that a collection leaves. */
  readonly heap: number;
  readonly resources: readonly string[];
  /** Names in the places where temporary things are made. */
  readonly names: readonly string[];
}

export interface Soaked {
  readonly problems: readonly string[];
  /** Tool calls that have an outcome. */
  readonly calls: number;
  readonly looks: readonly Look[];
  /** Milliseconds of each append of the log, in order. */
  readonly appends: readonly number[];
  /** Milliseconds that a call took with all that belongs to it, the mean of each reply, in order. */
  readonly steps: readonly number[];
  /** What was still there when the run had ended. */
  readonly left: readonly string[];
}

export async function soak(folder: string, length: Length, say: (text: string) => void): Promise<Soaked> {
  const dist = await bundleWith(PROBE, join(folder, "dist"));
  const lab = new Lab({ ...POLICY, "vigil.policy.limits.usd": undefined, "vigil.policy.requiredChecks": [], "vigil.model.name": "scripted" });
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const answer = join(folder, "answer.json");
  lab.dist = dist;
  lab.env = { TMPDIR: temporary, [ANSWER]: answer, NODE_OPTIONS: "--expose-gc" };
  try {
    const looks: Look[] = [];
    const failures: string[] = [];
    let appends: readonly number[] = [];
    let pid: number | undefined;
    let looking: Promise<void> = Promise.resolve();
    const look = async (before: number): Promise<void> => {
      pid ??= await workerOf(lab, runOf(lab));
      // Before the collection that the probe makes: this is what the runner takes up by itself.
      const holding = holdingOf(pid);
      const names = [...namesIn(temporary), ...namesIn(join(lab.home, "data")), ...namesIn(lab.runFolder(runOf(lab)))];
      const answered = await answerOf(pid, answer);
      appends = answered.appends;
      looks.push({ ...holding, before, heap: answered.heap, resources: answered.resources, names });
      say(`${String(before * length.calls)} calls: ${(holding.resident / 1e6).toFixed(1)} MB resident, ${(answered.heap / 1e6).toFixed(1)} MB heap`);
    };
    const { script, calls } = shiftScript({
      ...length,
      pauses: pausesOf(length),
      paused: (before) => (looking = looking.then(() => look(before)).catch((error: unknown) => void failures.push(String(error)))),
    });
    const model = await lab.serve(script);
    const run = await lab.json(ran, "run", "Work through the shift", "--stage", "bounded-write");
    await looking;
    const events = lab.events(run.id);
    const outcomes = all(lab, run.id, "step.finished");
    const bad = outcomes.find((step) => step.outcome !== "ok");
    if (run.state !== "ready") failures.push(`the run ended as ${run.state}: ${lab.complaints(run.id)}`);
    if (bad !== undefined) failures.push(`step ${String(bad.step)} ended as ${bad.outcome}`);
    if (outcomes.length !== calls) failures.push(`${String(outcomes.length)} calls of ${String(calls)} have an outcome`);
    failures.push(...model.requests.flatMap((request) => request.problem ?? []).slice(0, 3));
    return { problems: failures, calls: outcomes.length, looks, appends, steps: stepTimes(events, length.calls), left: await leftBy(lab, run.id, pid) };
  } finally {
    await lab.close();
  }
}

/** The warm mark, some on the way, and the end. */
function pausesOf({ replies, warm, between }: Length): readonly number[] {
  return [warm, ...Array.from({ length: between }, (_, n) => warm + Math.round(((replies - warm) * (n + 1)) / (between + 1))), replies];
}

function runOf(lab: Lab): string {
  const [id] = namesIn(join(lab.repo, ".git", "vigil", "runs"), 1).filter((name) => !name.startsWith("."));
  if (id === undefined) throw new Error("there is no run to look at");
  return id;
}

/** From a reply to the outcome of its last call, divided by its calls: what a call costs with all that belongs to it. */
function stepTimes(events: readonly LoggedEvent[], calls: number): readonly number[] {
  const times: number[] = [];
  let reply: { readonly at: number; open: number } | undefined;
  for (const event of events) {
    if (event.kind === "turn.received") reply = event.calls.length === calls ? { at: event.at, open: calls } : undefined;
    if (event.kind !== "step.finished" || reply === undefined) continue;
    reply.open -= 1;
    if (reply.open === 0) times.push((event.at - reply.at) / calls);
  }
  return times;
}

/** Processes, temporary files and the like that are there after the run's end. */
async function leftBy(lab: Lab, run: string, pid: number | undefined): Promise<readonly string[]> {
  if (pid !== undefined) await gone(pid);
  return [
    ...namesIn(join(lab.runFolder(run), "inbox")).map((name) => `inbox/${name}`),
    ...namesIn(join(lab.repo, ".git", "worktrees")).map((name) => `.git/worktrees/${name}`),
    ...namesIn(lab.env["TMPDIR"] ?? "").map((name) => `temporary file ${name}`),
    ...processesWith(lab.home).map((line) => `process ${line.slice(0, 200)}`),
  ];
}
