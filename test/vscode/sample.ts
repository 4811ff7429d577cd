// A person's repository with runs in every state that a view must tell apart. The runs are logs of a released version, cut
// where they were in that state, and written by the real store; those that a process works on are held by this one.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventSchema, type RunEvent } from "../../src/core/log/event.js";
import { fileStore } from "../../src/store/file-store.js";
import type { RunWriter } from "../../src/store/store.js";
import { TempRepository } from "../git/temp-repository.js";

const golden = fileURLToPath(new URL("../../../test/unit/golden/", import.meta.url));

/** Epoch milliseconds at which the oldest run starts; each event comes a second after the one before. */
const FIRST = Date.UTC(2026, 10, 20, 21, 0);
const DAY = 86_400_000;

interface SampleRun {
  readonly task: string;
  readonly state: string;
  readonly events: readonly RunEvent[];
  /** A process holds its lock. */
  readonly held?: boolean;
  readonly damaged?: boolean;
}

const ended = (outcome: "stopped" | "failed", why: string): RunEvent => ({ kind: "run.ended", outcome, why, cost: { kind: "known", usd: 0 } });

const planned: RunEvent = {
  kind: "goals.set",
  by: "agent",
  goals: [
    { id: "schema", title: "The new column is there", required: true, ifParentAbandoned: "stop", doneWhen: "npm run schema" },
    { id: "backfill", title: "Old rows are filled", parent: "schema", required: false, ifParentAbandoned: "finish" },
  ],
};

/** Oldest first. */
function sampleRuns(): readonly SampleRun[] {
  const landed = goldenEvents("0.1.0-landed.jsonl");
  const gated = goldenEvents("0.1.0-gated.jsonl");
  const asking = until(gated, "gate.awaited");
  const early = until(landed, "decision.ended");
  return [
    { task: "Fix the sum of two numbers", state: "landed", events: until(landed, "runner.ended") },
    { task: "Describe every setting in the guide", state: "unreadable", events: early, damaged: true },
    { task: "Move to the new date library", state: "failed", events: [...early, ended("failed", "the model refused the key")] },
    { task: "Rename the helpers", state: "stopped", events: [...early, ended("stopped", "Ada stopped the run")] },
    { task: "Speed up the build", state: "interrupted", events: early },
    { task: "Quarantine nothing, fix the flaky tests", state: "ready", events: goldenEvents("0.1.0-bounded.jsonl") },
    { task: "Propose a smaller parser", state: "proposed", events: goldenEvents("0.1.0-proposed.jsonl") },
    { task: "Add a race detector", state: "paused", events: until(gated, "run.paused") },
    { task: "Write the migration", state: "working", events: [...early, planned], held: true },
    { task: "Ledger v2", state: "waiting", events: asking, held: true },
  ];
}

export interface SampleRepository {
  readonly root: string;
  /** Task and state of its runs, newest first. */
  readonly runs: readonly { readonly task: string; readonly state: string }[];
  remove(): Promise<void>;
}

/** A repository without a run. */
export function emptyRepository(): SampleRepository {
  const repository = new TempRepository({ "src/sum.js": "exports.sum = (a, b) => a + b;\n" }, "bakery");
  return { root: repository.root, runs: [], remove: () => repository.remove() };
}

/** Whoever makes it removes it, which lets go of the runs that are held. */
export async function repositoryWithRuns(): Promise<SampleRepository> {
  const repository = emptyRepository();
  const runsFolder = join(repository.root, ".git", "vigil", "runs");
  const store = fileStore(runsFolder);
  const held: RunWriter[] = [];
  const runs = sampleRuns();
  for (const [n, { task, events, held: isHeld, damaged }] of runs.entries()) {
    let now = FIRST + n * DAY;
    const id = `202611${String(20 + n)}-210000-${n.toString(16).repeat(6)}`;
    await store.create(id);
    const opened = await store.write(id, () => (now += 1_000));
    if (opened.kind === "held") throw new Error(`${id} is held`);
    await opened.writer.append(...events.map((event) => (event.kind === "run.started" ? { ...event, run: id, spec: { ...event.spec, task } } : event)));
    if (isHeld === true) held.push(opened.writer);
    else await opened.writer.close();
    if (damaged === true) damage(join(runsFolder, id, "log.jsonl"));
  }
  return {
    root: repository.root,
    runs: runs.map(({ task, state }) => ({ task, state })).reverse(),
    async remove() {
      for (const writer of held) await writer.close();
      await repository.remove();
    },
  };
}

function goldenEvents(name: string): readonly RunEvent[] {
  const lines = readFileSync(join(golden, name), "utf8").trimEnd().split("\n");
  return lines.map((line) => eventSchema.parse(JSON.parse(line)));
}

/** Up to the first event of the kind, and with it. */
function until(events: readonly RunEvent[], kind: RunEvent["kind"]): readonly RunEvent[] {
  const at = events.findIndex((event) => event.kind === kind);
  if (at < 0) throw new Error(`no ${kind} among the events`);
  return events.slice(0, at + 1);
}

function damage(log: string): void {
  const text = readFileSync(log, "utf8");
  writeFileSync(log, text.replace('"kind":"sandbox.tested"', '"kind":"sandbox.tasted"'));
}
