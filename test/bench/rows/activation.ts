// What the extension costs the editor at its start, with fifty runs that have ended in the open folder: its own code loaded
// and activated, then the first look at the runs, beside the same code in one file. A process for each round: an editor
// loads it once.
import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { z } from "zod";
import type { RunEvent } from "../../../src/core/log/event.js";
import { replay } from "../../../src/core/run/replay.js";
import { fileStore } from "../../../src/store/file-store.js";
import { figuresOf } from "../figures.js";
import { longRun } from "../long-run.js";
import type { BenchRow, Line } from "../row.js";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, "..", "..", "..", "..");
const activator = join(here, "..", "activate.js");
const answer = z.object({ load: z.number(), activate: z.number(), look: z.number(), block: z.number(), runs: z.number(), processes: z.number(), processesAfter: z.number() });

const RUNS = 50;
/** As long as a run of an evening. */
const EVENTS = 1_500;
const ROUNDS = 9;

export const activationRow: BenchRow = {
  id: "activation",
  title: "the extension at the editor's start",
  async measure({ folder, say }) {
    const repository = join(folder, "repository");
    await mkdir(repository, { recursive: true });
    await run("git", ["init", "-q", repository]);
    say(`${String(RUNS)} runs of ${String(EVENTS)} events`);
    await fill(join(repository, ".git", "vigil", "runs"));
    const whole = join(folder, "whole.mjs");
    await build({ absWorkingDir: project, entryPoints: ["src/vscode/extension.ts"], outfile: whole, bundle: true, platform: "node", format: "esm", external: ["vscode"], minifyWhitespace: true, minifySyntax: true, mainFields: ["module", "main"], banner: { js: 'import { createRequire as vigilCreateRequire } from "node:module"; const require = vigilCreateRequire(import.meta.url);' }, define: { VIGIL_VERSION: '"0"' }, logLevel: "silent" });
    const pieces = join(project, "dist", "extension", "main.mjs");
    const [ours, theirs]: [z.infer<typeof answer>[], z.infer<typeof answer>[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [entry, into] of round % 2 === 0 ? ([[pieces, ours], [whole, theirs]] as const) : ([[whole, theirs], [pieces, ours]] as const)) {
        const { stdout } = await run(process.execPath, [activator, entry], { env: { ...process.env, VIGIL_BENCH_FOLDER: repository } });
        into.push(answer.parse(JSON.parse(stdout)));
      }
    }
    if (ours.some(({ runs }) => runs !== RUNS)) throw new Error("the extension did not find all runs");
    const started = Math.max(...ours.map(({ processesAfter }) => processesAfter));
    const figure = (of: readonly z.infer<typeof answer>[], pick: (one: z.infer<typeof answer>) => number) => figuresOf(of.map(pick));
    const line = (at: string, pick: (one: z.infer<typeof answer>) => number, targets: readonly (readonly [string, number])[], note?: string): Line => {
      const [mine, other] = [figure(ours, pick), figure(theirs, pick)];
      return { at, unit: "ms", ours: mine, beside: [{ name: "the same in one file", figures: other, ratio: other.median / mine.median }], targets: targets.map(([target, most]) => ({ target, met: mine.median <= most })), ...(note === undefined ? {} : { note }) };
    };
    const kilobytes = eagerBytes(pieces) / 1_000;
    return {
      kind: "measured",
      lines: [
        line("loaded and activated", ({ load, activate }) => load + activate, [["50 ms", 50], ["10 ms", 10]], `${kilobytes.toFixed(0)} KB are read for it (aimed at: 60), of ${(statSync(whole).size / 1_000).toFixed(0)}`),
        line(`first look at ${String(RUNS)} runs`, ({ look }) => look, [], `${String(started)} processes started`),
        line("longest block of the thread meanwhile", ({ block }) => block, [["25 ms", 25]]),
      ],
    };
  },
};

/** The entry and all that it imports at once. */
function eagerBytes(entry: string, seen = new Set<string>()): number {
  if (seen.has(entry)) return 0;
  seen.add(entry);
  const text = readFileSync(entry, "utf8");
  const imports = [...text.matchAll(/(?:^|[;}\n])(?:import|export)(?:[^"'()]*?from)?\s*["'](\.\/[^"']+)["']/g)].map(([, path = ""]) => join(dirname(entry), path));
  return Buffer.byteLength(text) + imports.reduce((sum, path) => sum + eagerBytes(path, seen), 0);
}

async function fill(runs: string): Promise<void> {
  const store = fileStore(runs);
  const all: readonly RunEvent[] = [...longRun(EVENTS - 1), { kind: "run.ended", outcome: "ready", why: "done", cost: { kind: "unknown" } }];
  for (let n = 0; n < RUNS; n += 1) {
    const id = `20260101-0000${String(n).padStart(2, "0")}-cccccc`;
    await store.create(id);
    const opened = await store.write(id, () => Date.now());
    if (opened.kind === "held") throw new Error("the run is held");
    const written = await opened.writer.append(...all);
    const view = replay(written);
    if (view !== undefined) await opened.writer.leaveAtRest(written, view);
    await opened.writer.close();
  }
}
