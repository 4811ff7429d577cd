// What the walls cost a command: the same commands through the bash tool of a living workshop, and through the same workshop
// without walls, in turns and in one run. Milliseconds do not travel between machines; the difference on one machine does.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { Confined, Sandbox, Walls } from "../../../src/sandbox/sandbox.js";
import { startWorkshop } from "../../../src/sandbox/start-workshop.js";
import type { Workshop } from "../../../src/sandbox/workshop.js";
import { makeFixture, type Fixture } from "../../sandbox/fixture.js";
import type { Outcome, Proving, Row } from "../row.js";

const TARGET = { medianMs: 12, p95Ms: 25 } as const;
const ROUNDS = { quick: 20, whole: 300 } as const;
const COMMANDS = ["true", "echo hello", "ls", "cat src/a.js | wc -l", "git --version"] as const;
const SIDES = ["without walls", "worktree", "layers"] as const;
type Side = (typeof SIDES)[number];

async function measure(proving: Proving): Promise<Outcome> {
  const { size, folder } = proving;
  const fixture = makeFixture(folder);
  const free: Confined[] = [];
  try {
    const started = performance.now();
    const workshops: Record<Side, Workshop> = {
      worktree: await fixture.workshop(),
      layers: await fixture.workshop(layered(fixture)),
      "without walls": await startWorkshop(noWalls(free), fixture.walls, { script: join(fixture.base, "dist", "workshop.mjs"), node: process.execPath }),
    };
    proving.say(`three workshops after ${Math.round(performance.now() - started)} ms`);
    const times = await rounds(workshops, ROUNDS[size]);
    const figures = (["worktree", "layers"] as const).map((side) => compared(side, times[side], times["without walls"]));
    const short = figures.flatMap((figure) => [
      ...(figure.median > TARGET.medianMs ? [`${figure.side}: ${figure.median.toFixed(1)} ms at the median`] : []),
      // One command in twenty is at the mercy of whatever else the machine does; the small part is too small to blame the walls.
      ...(size === "whole" && figure.p95 > TARGET.p95Ms ? [`${figure.side}: ${figure.p95.toFixed(1)} ms at p95`] : []),
    ]);
    return {
      kind: "shown",
      figure: figures.map(({ side, median, p95, ratio }) => `${side}: ${median.toFixed(2)} ms median, ${p95.toFixed(1)} ms p95 more (×${ratio.toFixed(2)})`).join(" · "),
      met: short.length === 0,
      short,
      details: { rounds: ROUNDS[size], commands: COMMANDS, medianMs: Object.fromEntries(SIDES.map((side) => [side, at(times[side], 0.5)])), p95Ms: Object.fromEntries(SIDES.map((side) => [side, at(times[side], 0.95)])) },
    };
  } finally {
    for (const one of free) await one.kill();
    await fixture.remove();
  }
}

/** Each round every command once on every side, first on another one each time, so that noise falls on all alike. */
async function rounds(workshops: Readonly<Record<Side, Workshop>>, count: number): Promise<Record<Side, number[]>> {
  const times: Record<Side, number[]> = { "without walls": [], worktree: [], layers: [] };
  // The first command of each starts its shell.
  for (const side of SIDES) await timed(workshops[side], "true");
  for (let round = 0; round < count; round += 1) {
    for (const command of COMMANDS) {
      for (let n = 0; n < SIDES.length; n += 1) {
        const side = SIDES[(round + n) % SIDES.length] ?? "worktree";
        times[side].push(await timed(workshops[side], command));
      }
    }
  }
  return times;
}

async function timed(workshop: Workshop, command: string): Promise<number> {
  const started = performance.now();
  const result = await workshop.call({ id: "timed", tool: "bash", input: { command }, timeoutMs: 60_000 });
  if (result.kind !== "ok") throw new Error(`"${command}" was not run: ${result.kind === "lost" ? result.why : result.text}`);
  return performance.now() - started;
}

interface Figure {
  readonly side: Side;
  /** Milliseconds more than the same command of the same round without walls. */
  readonly median: number;
  /** What the slowest twentieth begins at, less what it begins at without walls: a pair's difference is mostly the machine's noise. */
  readonly p95: number;
  readonly ratio: number;
}

function compared(side: Side, walled: readonly number[], free: readonly number[]): Figure {
  const more = walled.map((ms, n) => ms - (free[n] ?? 0));
  return { side, median: at(more, 0.5), p95: at(walled, 0.95) - at(free, 0.95), ratio: at(walled, 0.5) / at(free, 0.5) };
}

function at(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
}

function layered(fixture: Fixture): Partial<Walls> {
  const place = (name: string): string => join(fixture.base, "layers", name);
  for (const name of ["tree/upper", "tree/work", "dep/lower", "dep/upper", "dep/work"]) mkdirSync(place(name), { recursive: true });
  mkdirSync(join(fixture.root, "node_modules"), { recursive: true });
  return {
    tree: { kind: "layer", upper: place("tree/upper"), work: place("tree/work") },
    layers: [{ at: join(fixture.root, "node_modules"), lower: place("dep/lower"), upper: place("dep/upper"), work: place("dep/work") }],
  };
}

/** The program as it is, with the same Node and the same pipes: only the walls are missing. Nothing in the product can do this. */
function noWalls(started: Confined[]): Sandbox {
  return {
    name: "none, to compare with",
    mounts: false,
    layersAreOverlays: false,
    rootInside: ({ root }) => root,
    selfTest: () => Promise.reject(new Error("nothing is confined here")),
    hostsTest: () => Promise.reject(new Error("nothing is confined here")),
    spawn(walls, [program = "", ...rest]) {
      const child = spawn(program, rest, { cwd: walls.root, env: { PATH: process.env["PATH"] ?? "", HOME: walls.root, LANG: "C.UTF-8" }, stdio: ["pipe", "pipe", "pipe"] });
      const confined = confinedOf(child);
      started.push(confined);
      return Promise.resolve(confined);
    },
  };
}

function confinedOf(child: ChildProcess): Confined {
  const { stdin, stdout, stderr, pid } = child;
  if (!(stdin instanceof Writable && stdout instanceof Readable && stderr instanceof Readable) || pid === undefined) throw new Error("the program without walls was not started");
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  return {
    stdin, stdout, stderr, pid, exited,
    contacts: () => Promise.resolve([]),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export const overhead: Row = {
  id: "overhead",
  title: "sandbox overhead a command, median · p95",
  target: `${TARGET.medianMs} ms · ${TARGET.p95Ms} ms`,
  notWithTests: "its figure is a time, and tests assert none",
  measure,
};
