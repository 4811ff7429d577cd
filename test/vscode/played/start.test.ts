// An evening, played by keyboard: a task is started from the Command Palette, the agent asks something, the answer is given
// in the timeline, the window goes away and comes back, and the run has gone on meanwhile.
import assert from "node:assert/strict";
import type { FrameLocator } from "playwright-core";
import { Lab, POLICY } from "../../runner/lab.js";
import { bash, begin, call, end, finish, turns } from "../../runner/scripts.js";
import { open, pictureOfFailure, type Window } from "./window.js";

const SCRIPT = turns(
  [begin("Add instead of subtracting", "sum returned a difference")],
  [bash("node test/all.js")],
  [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" }), end("sum adds now")],
  [finish("sum adds.")],
);

describe("starting a task, played", function () {
  this.timeout(900_000);
  let lab: Lab;
  let window: Window | undefined;

  before(async () => {
    lab = new Lab({ ...POLICY, "vigil.policy.maxStage": "gated-write", "vigil.policy.commands": [{ match: "node test/*", decision: "ask", reason: "a person should know" }] });
    await lab.serve(SCRIPT);
  });
  after(async () => {
    await window?.close();
    await lab.close();
  });
  afterEach(async function () {
    await pictureOfFailure(window, this.currentTest);
  });

  function page(): FrameLocator {
    assert.ok(window !== undefined);
    return window.page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  }

  it("takes the task and one list, and the run begins", async () => {
    window = await open(lab.repo, { env: lab.environment() as Record<string, string>, size: { width: 1440, height: 900 }, settings: { "window.commandCenter": false } });
    await window.palette("Vigil: Start Task…", "asks");
    await window.page.getByText("What should the agent do?").waitFor();
    await window.page.keyboard.type("Make sum add");
    await window.press("Enter");
    await window.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "Start now" }).waitFor();
    await window.screenshot("start");
    await window.press("Enter");
    const id = await lab.firstRun();
    await lab.event(id, (event) => event.kind === "run.started", 120_000);
  });

  it("shows what waits, with exactly what it is about, and carries the answer to the agent", async () => {
    assert.ok(window !== undefined);
    const id = await lab.firstRun();
    await lab.event(id, (event) => event.kind === "gate.raised" && event.type === "command", 120_000);
    await window.palette("Vigil: Answer What Is Waiting…");
    await page().locator(".gate .shown").getByText("node test/all.js").waitFor();
    await window.screenshot("gate");
    await page().locator(".gate textarea").pressSequentially("go ahead");
    await page().locator("button:enabled").getByText("Allow once").waitFor();
    await window.press("Tab");
    await window.press("Enter");
    const answered = await lab.event(id, (event) => event.kind === "gate.answered", 120_000);
    assert.deepEqual(answered.kind === "gate.answered" ? [answered.answer, answered.forRun, answered.comment] : [], ["allow", false, "go ahead"]);
  });

  it("loses nothing of the run when the window goes away", async () => {
    assert.ok(window !== undefined);
    const id = await lab.firstRun();
    const address = window.page.url();
    await window.page.goto("about:blank");
    await lab.event(id, (event) => event.kind === "run.ended", 120_000);
    await window.page.goto(address);
    await window.page.locator(".monaco-workbench .activitybar").waitFor();
    await window.palette("Vigil: Open Decision Timeline");
    await page().getByText("Ready to review").first().waitFor();
    assert.equal(lab.events(id).filter((event) => event.kind === "runner.started" && event.role === "worker").length, 1);
  });
});
