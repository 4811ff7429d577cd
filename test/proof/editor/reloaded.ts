// A run that works all along, and a window beside it that is reloaded again and again: what the window, its extension host and
// the run's process hold after each, what the run wrote, and whether the timeline came back as it was left.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { all, workerOf } from "../../runner/begun.js";
import { Lab, POLICY } from "../../runner/lab.js";
import { Durable } from "../crashes/durable.js";
import { endedWith, ownFiles } from "../crashes/performance.js";
import { lives, textOf, treeOf } from "../crashes/processes.js";
import { common } from "../soak/places.js";
import { holdingOf, type Holding } from "../soak/probe.js";
import { Editor } from "./editor.js";
import { endlessScript } from "./shift.js";

/** What was there after a reload, once the timeline was back. */
export interface Look {
  readonly host: Holding;
  readonly runner: Holding;
  /** Programs of the editor's server and of all below it but the run's. */
  readonly editor: readonly string[];
  /** Events of the run. */
  readonly events: number;
}

export interface Reloaded {
  readonly problems: readonly string[];
  readonly looks: readonly Look[];
  /** Verdicts that were given right before a reload, and whether they arrived. */
  readonly verdicts: { readonly given: number; readonly taken: number };
  readonly events: number;
}

/** In every so manieth reload the person has just pressed a key that gives or takes back a verdict. */
const VERDICT_EVERY = 3;
/** Times that one look looks, and milliseconds between them. */
const GLANCES = 5;
const BETWEEN = 200;
/** Milliseconds between the key and the reload: one more each time, and round again. */
const AFTER_KEY = [0, 150, 300, 450, 600];
/** Milliseconds in which a run that was told to finish has ended. */
const FINISH = 120_000;

export async function reloaded(times: number, say: (text: string) => void): Promise<Reloaded> {
  const lab = new Lab({ ...POLICY, "vigil.policy.maxStage": "bounded-write", "vigil.policy.limits.usd": undefined, "vigil.policy.requiredChecks": [] });
  let editor: Editor | undefined;
  try {
    let isEnough = false;
    const { script, tally } = endlessScript(() => isEnough);
    const model = await lab.serve(script);
    const before = ownFiles(lab.fingerprint());
    const problems: string[] = [];
    const durable = new Durable(lab, problems);
    editor = await Editor.open(lab);
    await editor.start("Count until it is enough");
    const id = await lab.firstRun();
    const worker = await workerOf(lab, id);
    await lab.event(id, (event) => event.kind === "decision.ended", FINISH);
    await editor.window.palette("Vigil: Open Decision Timeline");
    const current = editor.page.locator("main .decision.current");
    await editor.page.locator("main .decision .row").first().click();
    const looks: Look[] = [];
    let given = 0;
    for (let n = 1; n <= times; n += 1) {
      if (n % VERDICT_EVERY === 0) {
        // Accepted and taken back in turn; the window goes away under it.
        await current.locator(".row").focus();
        await editor.window.press(given % 2 === 0 ? "a" : "u");
        await delay(AFTER_KEY[given % AFTER_KEY.length] ?? 0);
        given += 1;
      }
      const selected = await current.locator(".title").textContent();
      durable.remember(id, durable.bytesOf(id));
      await editor.reload();
      const there = await current.locator(".title").textContent();
      // A key that was just pressed moves on to the next decision, or did not get as far.
      if (n % VERDICT_EVERY !== 0 && there !== selected) problems.push(`after reload ${String(n)} "${there ?? ""}" was selected, not "${selected ?? ""}"`);
      if (!lives(worker)) problems.push(`after reload ${String(n)} the run's process was gone`);
      looks.push(await lookAt(editor, worker, lab.events(id).length));
      say(`reload ${String(n)}: ${String(lab.events(id).length)} events`);
    }
    isEnough = true;
    await lab.event(id, (event) => event.kind === "run.ended", FINISH);
    await editor.window.close();
    editor = undefined;
    durable.check(id);
    const ended = await endedWith(lab, model, [id], before, undefined);
    const worktree = all(lab, id, "worktree.created").at(-1)?.path ?? "";
    if (readFileSync(join(worktree, "src", "tally.js"), "utf8") !== tally()) problems.push("the agent's file does not hold every number once and in order");
    const workers = all(lab, id, "runner.started").filter(({ role }) => role === "worker").length;
    if (workers !== 1) problems.push(`the run had ${String(workers)} workers, not one`);
    return { problems: [...problems, ...ended.problems], looks, verdicts: { given, taken: all(lab, id, "verdict.given").length }, events: lab.events(id).length };
  } catch (error) {
    await editor?.window.screenshot("failed editor-reloads");
    throw error;
  } finally {
    await editor?.window.close();
    await lab.close();
  }
}

/** What is held all along for a moment: the run works, and what it holds for one step only is nothing that stays. */
async function lookAt(editor: Editor, worker: number, events: number): Promise<Look> {
  const host = await editor.host();
  let seen = now(editor, host.pid, worker);
  for (let n = 1; n < GLANCES; n += 1) {
    await delay(BETWEEN);
    const next = now(editor, host.pid, worker);
    seen = { host: steady(seen.host, next.host), runner: steady(seen.runner, next.runner), editor: common(seen.editor, next.editor) };
  }
  return { ...seen, events };
}

function now(editor: Editor, host: number, worker: number): Omit<Look, "events"> {
  const run = treeOf(worker).map(({ pid }) => pid);
  const programs = editor.processes().filter(({ pid }) => !run.includes(pid)).map(({ pid }) => programOf(pid));
  const held = holdingOf(host);
  // Each extension host has a folder for its logs, by its number.
  return { host: { ...held, files: held.files.map((name) => name.replace(/\/exthost\d+\//, "/exthost/")) }, runner: holdingOf(worker), editor: programs.sort() };
}

function steady(one: Holding, other: Holding): Holding {
  return { resident: Math.min(one.resident, other.resident), files: common(one.files, other.files), processes: common(one.processes, other.processes) };
}

/** What a process is, without what differs from one start to the next. */
function programOf(pid: number): string {
  const words = textOf(`/proc/${String(pid)}/cmdline`).split("\0");
  return words.find((word) => word.startsWith("--type=")) ?? words[1] ?? words[0] ?? "";
}
