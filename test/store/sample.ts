// What the store's tests share: a folder that goes away, events of many shapes, and a run that holds them. Asserts nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import type { RunSpec } from "../../src/core/log/lifecycle.js";
import { POLICY_KEYS } from "../../src/core/policy/schema.js";
import type { PolicyValues } from "../../src/core/policy/schema.js";
import { fileStore } from "../../src/store/file-store.js";
import { filesIn } from "../../src/store/run-files.js";
import type { RunFiles } from "../../src/store/run-files.js";
import type { RunWriter, Store } from "../../src/store/store.js";

export const ID = "20261122-130501-a1b2c3";
export const ADA = { name: "Ada Lovelace", email: "ada@team.example" };

export interface Home {
  readonly runs: string;
  readonly store: Store;
  /** The files of the run `ID`. */
  readonly files: RunFiles;
  /** Opens `ID` for writing; fails when somebody else has it. */
  writer(clock?: () => number): Promise<RunWriter>;
}

/** A store in a temporary folder, with the empty run `ID`, for as long as `use` takes. */
export async function inHome<T>(use: (home: Home) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-store-"));
  const runs = join(folder, "vigil", "runs");
  const store = fileStore(runs);
  try {
    await store.create(ID);
    return await use({
      runs,
      store,
      files: filesIn(join(runs, ID), ID),
      async writer(clock = () => 1_700_000_000_000) {
        const opened = await store.write(ID, clock);
        if (opened.kind === "held") throw new Error("the run is held");
        return opened.writer;
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the events one append each, and lets the run go. */
export async function filled(home: Home, events: readonly RunEvent[]): Promise<readonly LoggedEvent[]> {
  const writer = await home.writer();
  const logged: LoggedEvent[] = [];
  for (const event of events) logged.push(...(await writer.append(event)));
  await writer.close();
  return logged;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What came before the end, and the error that ended it, if one did. */
export async function collectUntilError<T>(items: AsyncIterable<T>): Promise<{ items: readonly T[]; error: Error | undefined }> {
  const all: T[] = [];
  try {
    for await (const item of items) all.push(item);
    return { items: all, error: undefined };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { items: all, error };
  }
}

/** The error that `work` ends with; fails when it ends well. */
export async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("it ended well");
}

export function note(n: number): RunEvent {
  return { kind: "note.added", text: `note ${n}` };
}

export const SPEC: RunSpec = {
  task: "Make the parser accept comments — naïve ones, too 🙂",
  repository: { root: "/repo", commonDir: "/repo/.git", branch: "main" },
  base: "0".repeat(40),
  stage: "gated-write",
  stageWhy: "the policy allows it",
  policy: { values: Object.fromEntries(Object.entries(POLICY_KEYS).map(([name, key]) => [name, key.fallback ?? undefined])) as unknown as PolicyValues, origins: {} },
  policyDigest: "f".repeat(64),
  owner: ADA,
  startedBy: ADA,
  model: { name: "a-model" },
  prices: {},
  worktree: "/worktrees/r",
  notices: [],
};

export function started(version = "0.1.0", format = 1): RunEvent {
  return { kind: "run.started", format, version, run: ID, command: "c-1", spec: SPEC };
}

/** `count` events of mixed shapes and lengths, the same each time. The first starts the run. */
export function sampleEvents(count: number): readonly RunEvent[] {
  return Array.from({ length: count }, (_, i): RunEvent => {
    if (i === 0) return started();
    if (i % 5 === 1) return { kind: "step.intended", step: i, turn: i, call: `toolu_${i}`, tool: "bash", about: `npm test "${"é".repeat(i % 7)}"\n\u2028`, verdict: { kind: "allow", rule: "sandbox" } };
    if (i % 5 === 2) return { kind: "run.paused", why: "\ud800 half a pair, and a line feed\n" };
    if (i % 5 === 3) return { kind: "command.refused", id: `c-${i}`, why: "unreadable", command: { raw: ["}", ',"hash":"', null, 1.5] } };
    if (i % 5 === 4) return { kind: "turn.requested", turn: i, model: "a-model", maxTokens: 8_000 };
    return note(i);
  });
}
