// Inside the extension host: a run whose process is gone is offered once, or resumed where the person set that.
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { Interrupted } from "../../../src/vscode/runs/interrupted.js";
import type { ShownRun } from "../../../src/vscode/runs/runs.js";
import { Memory, shownRun } from "./stand-ins.js";

const WAIT_MS = 20;
/** Long enough for what waits `WAIT_MS` to have acted, also on a busy machine: what is looked for is that nothing more came. */
const SETTLED_MS = 600;

describe("a run whose process is gone", () => {
  let runs: readonly ShownRun[] = [];
  let memory = new Memory();
  const resumed: string[] = [];
  const made: Interrupted[] = [];
  const settings = vscode.workspace.getConfiguration("vigil");

  const window = (): Interrupted => {
    const one = new Interrupted({ memory, look: () => Promise.resolve(runs), resume: ({ row }) => { resumed.push(row.id); return Promise.resolve(); }, waitMs: WAIT_MS });
    made.push(one);
    return one;
  };
  const told = async (to: Interrupted, now: readonly ShownRun[], afterwards = now): Promise<void> => {
    runs = now;
    to.told(now);
    runs = afterwards;
    await delay(SETTLED_MS);
  };

  beforeEach(async () => {
    memory = new Memory();
    resumed.length = 0;
    await settings.update("run.resumeOnOpen", true, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await settings.update("run.resumeOnOpen", undefined, vscode.ConfigurationTarget.Global);
    for (const one of made) one.dispose();
  });

  it("is resumed without a question where that is set, once, also by the next window", async () => {
    const shown = window();
    await told(shown, [shownRun("a", "interrupted"), shownRun("b", "working")]);
    assert.deepEqual(resumed, ["a"]);
    await told(shown, runs);
    await told(window(), runs);
    assert.deepEqual(resumed, ["a"]);
  });

  it("is resumed again when it was at work in between", async () => {
    const shown = window();
    await told(shown, [shownRun("a", "interrupted")]);
    await told(shown, [shownRun("a", "working")]);
    await told(shown, [shownRun("a", "interrupted")]);
    assert.deepEqual(resumed, ["a", "a"]);
  });

  it("is left alone when its process was only being replaced", async () => {
    await told(window(), [shownRun("a", "interrupted")], [shownRun("a", "working")]);
    assert.deepEqual(resumed, []);
  });

  it("is left alone until somebody answers, where nothing is set", async () => {
    await settings.update("run.resumeOnOpen", undefined, vscode.ConfigurationTarget.Global);
    await told(window(), [shownRun("a", "interrupted")]);
    assert.deepEqual(resumed, []);
    assert.deepEqual(memory.get("vigil.offeredResume"), ["a"]);
  });
});
