// Inside the extension host: a timeline that was opened and closed again and again leaves nothing behind.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as vscode from "vscode";
import type { Contributions } from "../../../src/vscode/extension.js";

const CYCLES = 50;
/** Milliseconds for a page to be read and drawn on a machine that is busy with other tests. */
const PATIENCE = 30_000;

describe("fifty timelines, one after the other", function () {
  this.timeout(10 * 60_000);

  it("are collected once they are closed, and nothing of them stays", async () => {
    const extension = vscode.extensions.getExtension<Contributions>("vigil.vigil");
    assert.ok(extension !== undefined);
    const contributions = await extension.activate();
    const opened: WeakRef<object>[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) opened.push(await openAndClose(contributions));
    const collect = collector();
    let left = CYCLES;
    // A last message may still be on its way to a page that is gone.
    for (const until = Date.now() + PATIENCE; left > 0 && Date.now() < until; ) {
      await delay(100);
      collect();
      left = opened.filter((one) => one.deref() !== undefined).length;
    }
    assert.equal(left, 0, `${String(left)} of ${String(CYCLES)} closed timelines are still held by something`);
  });

  it("leave no error of ours in the log of the extension host", () => {
    const logs = process.env["VSCODE_TEST_LOGS"];
    assert.ok(logs !== undefined, "the launcher does not say where the logs are");
    const folder = vscode.extensions.getExtension("vigil.vigil")?.extensionPath ?? "";
    const files = readdirSync(logs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const ours = files.filter((file) => /vigil\.vigil/i.test(file));
    const hosts = files.filter((file) => /exthost\.log$/.test(file));
    assert.ok(hosts.length > 0, `there is no log of an extension host in ${logs}`);
    const errors = (file: string): readonly string[] => readFileSync(file, "utf8").split("\n").filter((line) => /\[error\]/i.test(line));
    const found = [...ours.flatMap(errors), ...hosts.flatMap(errors).filter((line) => /vigil/i.test(line) || line.includes(folder))];
    assert.deepEqual(found, []);
  });
});

/** In a function of its own, so that no variable of a waiting test holds what it made. */
async function openAndClose(contributions: Contributions): Promise<WeakRef<object>> {
  await vscode.commands.executeCommand("vigil.openSample");
  const panel = await contributions.timeline();
  assert.ok(panel !== undefined, "no timeline opened");
  // The run's task becomes the title once the page asked for it and the run was read.
  for (const until = Date.now() + PATIENCE; panel.panel.title === "Vigil"; ) {
    assert.ok(Date.now() < until, "the page was not drawn");
    await delay(20);
  }
  panel.dispose();
  return new WeakRef(panel);
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
