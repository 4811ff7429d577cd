// The timeline of a run of a hundred thousand steps: read as the extension reads it, drawn by the real page in a real
// browser, and stepped through, beside a page that holds every row.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { z } from "zod";
import type { LoggedEvent, RunEvent } from "../../../src/core/log/event.js";
import type { Panel } from "../../../src/core/panel/panel.js";
import { stepRow } from "../../../src/core/panel/step-groups.js";
import { replay } from "../../../src/core/run/replay.js";
import type { Run } from "../../../src/core/run/run.js";
import { fileStore } from "../../../src/store/file-store.js";
import { Pages } from "../../webview/page.js";
import { figuresOf } from "../figures.js";
import { longRun } from "../long-run.js";
import type { BenchRow, Line } from "../row.js";

const run = promisify(execFile);
const opener = join(dirname(fileURLToPath(import.meta.url)), "..", "open-timeline.js");
const answer = z.object({ ms: z.number(), block: z.number(), steps: z.number(), decisions: z.number() });

const ID = "20260101-000000-cccccc";
const STEPS = 100_000;
const DECISIONS = 20;
const ROUNDS = 5;
const FRAMES = 120;
const FRAME_MS = 1_000 / 60;

export const timelineRow: BenchRow = {
  id: "timeline",
  title: "the timeline of a run",
  async measure({ folder, say }) {
    const runs = join(folder, "runs");
    say(`${String(STEPS)} steps in ${String(DECISIONS)} decisions`);
    const long = await fill(runs);
    const text = join(folder, "panel.json");
    const read: z.infer<typeof answer>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { stdout } = await run(process.execPath, [opener, runs, ID, text]);
      read.push(answer.parse(JSON.parse(stdout)));
    }
    if (read.some(({ steps, decisions }) => steps !== STEPS || decisions !== DECISIONS)) throw new Error("the panel is of another run");
    const panel = JSON.parse(await readFile(text, "utf8")) as Panel;
    const pages = await Pages.start();
    try {
      const drawn: number[] = [];
      const [frames, nodes] = [[] as number[], [] as number[]];
      for (let round = 0; round < ROUNDS; round += 1) {
        const { page } = await pages.open({});
        await page.waitForFunction(() => document.querySelector("#root > *") !== null);
        drawn.push(await draw(page, panel));
        const stepped = await step(page, long);
        frames.push(...stepped.frames);
        nodes.push(stepped.nodes);
        await page.close();
      }
      const whole = await everyRow(pages);
      const [host, mounted, frame] = [figuresOf(read.map(({ ms }) => ms)), figuresOf(drawn), figuresOf(frames)];
      const naive = figuresOf([whole.mount]);
      const naiveFrame = figuresOf(whole.frames);
      const at = `${STEPS.toLocaleString("en")} steps`;
      const lines: Line[] = [
        { at: `${at}, read until the page is told`, unit: "ms", ours: host, beside: [], targets: [{ target: "300 ms with the page", met: host.median + mounted.median <= 300 }], note: `the thread was held for ${figuresOf(read.map(({ block }) => block)).median.toFixed(0)} ms at most (aimed at: 25)` },
        { at: `${at}, the page mounted`, unit: "ms", ours: mounted, beside: [{ name: "every row in the page", figures: naive, ratio: naive.median / mounted.median }], targets: [{ target: "60 ms", met: mounted.median <= 60 }], note: `${Math.max(...nodes).toLocaleString("en")} nodes at most (aimed at: 300)` },
        { at: `${at}, a frame while stepping`, unit: "ms", ours: frame, beside: [{ name: "every row in the page", figures: naiveFrame, ratio: naiveFrame.median / frame.median }], targets: [{ target: "95 of 100 frames at 60 a second", met: frame.p95 <= FRAME_MS * 1.1 }] },
      ];
      return { kind: "measured", lines };
    } finally {
      await pages.close();
    }
  },
};

/** Milliseconds from the message until its decisions were painted. */
async function draw(page: Page, panel: Panel): Promise<number> {
  return page.evaluate(async (told) => {
    const started = performance.now();
    window.postMessage({ kind: "panel", panel: told }, "*");
    for (const until = started + 30_000; document.querySelector("main .decision") === null; await new Promise((done) => setTimeout(done, 0))) if (performance.now() > until) throw new Error("no decision was drawn");
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    return performance.now() - started;
  }, panel as unknown);
}

/** Into the steps of the first decision, then down one step a frame. */
async function step(page: Page, long: Run): Promise<{ readonly frames: readonly number[]; readonly nodes: number }> {
  const rows = long.steps.slice(0, STEPS / DECISIONS).map(stepRow);
  return page.evaluate(async ({ rows: told, count }) => {
    const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
    const say = (message: unknown): void => { window.postMessage(message, "*"); };
    say({ kind: "steps", from: 1, to: told.length, rows: told });
    // The facts, then the groups of steps, then the steps.
    say({ kind: "act", act: "in" });
    say({ kind: "act", act: "in" });
    say({ kind: "groups", decision: "d1", groups: [{ steps: [1, told.length], count: told.length, text: "all", ms: 1, trouble: false }] });
    say({ kind: "act", act: "in" });
    for (const until = performance.now() + 30_000; document.querySelector("main .step") === null; await frame()) if (performance.now() > until) throw new Error("no step was drawn");
    const frames: number[] = [];
    let nodes = 0;
    let last = await frame();
    for (let n = 0; n < count; n += 1) {
      say({ kind: "act", act: "next" });
      const now = await frame();
      frames.push(now - last);
      last = now;
      nodes = Math.max(nodes, document.querySelectorAll("*").length);
    }
    return { frames, nodes };
  }, { rows, count: FRAMES });
}

/** What a page costs that holds a row for every step. */
async function everyRow(pages: Pages): Promise<{ readonly mount: number; readonly frames: readonly number[] }> {
  const { page } = await pages.open({});
  try {
    return await page.evaluate(async (count) => {
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      const main = document.createElement("main");
      const started = performance.now();
      for (let n = 0; n < count; n += 1) {
        const row = document.createElement("div");
        row.className = "step";
        row.textContent = `${String(n + 1)} edit src/part-${String(n % 400)}.ts`;
        main.append(row);
      }
      document.body.replaceChildren(main);
      await frame();
      await frame();
      const mount = performance.now() - started;
      const frames: number[] = [];
      let last = await frame();
      for (let n = 0; n < 30; n += 1) {
        const row = main.children[n];
        row?.classList.add("current");
        row?.previousElementSibling?.classList.remove("current");
        row?.scrollIntoView({ block: "nearest" });
        const now = await frame();
        frames.push(now - last);
        last = now;
      }
      return { mount, frames };
    }, STEPS);
  } finally {
    await page.close();
  }
}

async function fill(runs: string): Promise<Run> {
  const store = fileStore(runs);
  await store.create(ID);
  const opened = await store.write(ID, () => Date.now());
  if (opened.kind === "held") throw new Error("the run is held");
  // Four events a step, two a decision, and the one that starts the run.
  const all: readonly RunEvent[] = [...longRun(1 + 4 * STEPS + 2 * DECISIONS, STEPS / DECISIONS).map(withFile), { kind: "run.ended", outcome: "ready", why: "done", cost: { kind: "unknown" } }];
  const written: LoggedEvent[] = [];
  for (let n = 0; n < all.length; n += 2_000) written.push(...(await opened.writer.append(...all.slice(n, n + 2_000))));
  const view = replay(written);
  if (view === undefined) throw new Error("the log has no run");
  await opened.writer.leaveAtRest(written, view);
  await opened.writer.close();
  return view;
}

/** A decision without files is not one to show. */
function withFile(event: RunEvent): RunEvent {
  return event.kind === "decision.ended" ? { ...event, files: [{ path: `src/${event.decision}.ts`, status: "modified", added: 20, removed: 5, binary: false, modes: ["100644", "100644"] }] } : event;
}
