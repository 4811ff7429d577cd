// What the walls cost a command: one of its own, and one in a workshop that is already there.
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { HumanError } from "../../../src/core/error.js";
import { bubblewrapSandbox } from "../../../src/sandbox/bubblewrap.js";
import { runConfined } from "../../../src/sandbox/run-command.js";
import type { Walls } from "../../../src/sandbox/sandbox.js";
import { startWorkshop } from "../../../src/sandbox/start-workshop.js";
import { alternately, figuresOf, ratioOf } from "../figures.js";
import type { BenchRow, Line } from "../row.js";

const bash = promisify(execFile);

export const sandboxRow: BenchRow = {
  id: "sandbox",
  title: "a command in the sandbox",
  async measure({ folder }) {
    const root = join(folder, "tree");
    const home = join(folder, "home");
    for (const made of [root, home]) await mkdir(made);
    const sandbox = bubblewrapSandbox({ home, never: [], layersFolder: folder });
    const walls: Walls = { root, tree: { kind: "write" }, layers: [], git: undefined, hidden: [], readOnly: [], reads: [], env: {} };
    const test = await sandbox.selfTest();
    if (!test.passed) return { kind: "not measured", why: test.remedy ?? "this machine confines nothing" };
    const own = await alternately(
      [
        {
          name: "ours",
          async run() {
            const done = await runConfined(sandbox, walls, "true", { timeoutMs: 20_000 });
            if (done.exit !== 0) throw new HumanError(`the command was not run: ${done.notStarted ?? String(done.exit)}`);
          },
        },
        { name: "unconfined", run: () => bash("/bin/bash", ["--noprofile", "--norc", "-c", "true"]) },
      ],
      { rounds: 30, warm: 3, now: () => performance.now() },
    );
    const workshop = await startWorkshop(sandbox, walls, { script: join(process.cwd(), "dist", "workshop.mjs"), node: process.execPath });
    try {
      const inside = await alternately([{ name: "ours", run: (round) => workshop.call({ id: String(round), tool: "bash", input: { command: "true" }, timeoutMs: 20_000 }) }], { rounds: 60, warm: 3, now: () => performance.now() });
      const plain = figuresOf(own.get("unconfined") ?? []);
      const line = (at: string, samples: readonly number[], most: number): Line => {
        const ours = figuresOf(samples);
        const over = ours.median - plain.median;
        return { at, unit: "ms", ours, beside: [{ name: "unconfined bash", figures: plain, ratio: ratioOf(plain, ours) }], targets: [{ target: `${most} ms over an unconfined one (${over.toFixed(1)})`, met: over <= most }] };
      };
      const first: Line = { at: "self-test", unit: "ms", ours: figuresOf([test.ms]), beside: [], targets: [{ target: "300 ms", met: test.ms <= 300 }] };
      return { kind: "measured", lines: [line("walls of its own", own.get("ours") ?? [], 12), line("in a workshop", inside.get("ours") ?? [], 6), first] };
    } finally {
      await workshop.kill();
    }
  },
};
