// Inside the extension host: what ended while nobody looked is counted until its timeline was open.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Finished } from "../../../src/vscode/runs/finished.js";
import { Memory, shownRun as shown } from "./stand-ins.js";

describe("the end of runs", () => {
  let badge: number | undefined;
  const heard = (value: vscode.ViewBadge | undefined): void => { badge = value?.value; };

  it("is news only where it came after Vigil was first used here", () => {
    const memory = new Memory();
    new Finished(memory, heard).told([shown("old", "ready"), shown("new", "working")], undefined);
    assert.equal(badge, undefined);
    // The window was closed meanwhile.
    new Finished(memory, heard).told([shown("old", "ready"), shown("new", "ready"), shown("newer", "failed")], undefined);
    assert.equal(badge, 2);
  });

  it("is no news any more once the run's timeline was open, also while it ended", () => {
    const finished = new Finished(new Memory(), heard);
    finished.told([shown("a", "working"), shown("b", "working")], undefined);
    finished.told([shown("a", "ready"), shown("b", "working")], undefined);
    assert.equal(badge, 1);
    finished.told([shown("a", "ready"), shown("b", "working")], "a");
    assert.equal(badge, undefined);
    finished.told([shown("a", "landed"), shown("b", "ready")], "b");
    finished.told([shown("a", "landed"), shown("b", "ready")], undefined);
    assert.equal(badge, undefined);
  });

  it("is not counted for somebody who stopped it, nor where it is turned off", async () => {
    const finished = new Finished(new Memory(), heard);
    finished.told([shown("a", "working"), shown("b", "working")], undefined);
    finished.told([shown("a", "stopped"), shown("b", "working")], undefined);
    assert.equal(badge, undefined);
    const settings = vscode.workspace.getConfiguration("vigil");
    await settings.update("notify.finished", "off", vscode.ConfigurationTarget.Global);
    finished.told([shown("a", "stopped"), shown("b", "ready")], undefined);
    await settings.update("notify.finished", undefined, vscode.ConfigurationTarget.Global);
    assert.equal(badge, undefined);
    finished.told([shown("a", "stopped"), shown("b", "ready")], undefined);
    assert.equal(badge, 1);
  });
});
