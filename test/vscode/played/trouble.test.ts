// What goes wrong around a review, played: each has its sentence and its next step where the person is, and nothing that
// they press is dead.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FrameLocator, Locator } from "playwright-core";
import { fileStore } from "../../../src/store/file-store.js";
import { Lab, POLICY, ran, shown } from "../../runner/lab.js";
import { bash, begin, call, end, finish, turns } from "../../runner/scripts.js";
import { open, pictureOfFailure, treeRows, type Window } from "./window.js";

const EDIT = call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" });
const SCRIPT = turns([begin("Add instead of subtracting", "sum returned a difference")], [EDIT, end("sum adds now")], [finish("sum adds.")]);
const ASKING = turns([begin("Add instead of subtracting", "sum returned a difference")], [bash("node test/all.js")], [EDIT, end("sum adds now")], [finish("sum adds.")]);

describe("trouble around a review, played", function () {
  this.timeout(900_000);
  let lab: Lab;
  let window: Window | undefined;
  /** Runs that ended, by what will be wrong with them. */
  const runs = { moved: "", gone: "", damaged: "" };

  before(async () => {
    lab = new Lab({ ...POLICY, "vigil.policy.commands": [{ match: "node test/*", decision: "ask", reason: "a person should know" }], "vigil.policy.requiredChecks": [] });
    await lab.serve(SCRIPT);
    for (const name of ["moved", "gone", "damaged"] as const) {
      const run = await lab.json(ran, "run", `A run whose ${name === "moved" ? "base moved" : name === "gone" ? "worktree is gone" : "record is damaged"}`, "--stage", "bounded-write");
      assert.equal(run.state, "ready", lab.complaints(run.id));
      assert.equal((await lab.vigil("review", run.id, "--accept", "d1")).code, 0);
      runs[name] = run.id;
    }
    // Two folders: the repository, and one that is none.
    mkdirSync(join(lab.home, "notes"));
    const workspace = join(lab.home, "both.code-workspace");
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: "repo" }, { path: "notes" }] }));
    window = await open(workspace, { env: lab.environment() as Record<string, string>, size: { width: 1440, height: 900 }, settings: { "window.commandCenter": false } });
    await window.palette("View: Show Vigil");
  });
  after(async () => {
    await window?.close();
    await lab.close();
  });
  afterEach(async function () {
    await pictureOfFailure(window, this.currentTest);
  });

  function at(): Window {
    assert.ok(window !== undefined);
    return window;
  }
  const page = (): FrameLocator => at().page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  const offered = (text: string): Locator => at().page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text });

  /** What the editor says in a message; it is cleared again. The workbench under test shows messages only where one looks for them. */
  async function says(text: RegExp): Promise<void> {
    const { page: whole } = at();
    const center = whole.locator(".notifications-center");
    const message = center.locator(".notification-list-item").filter({ hasText: text }).first();
    // The list closes when it is empty, and does not open again by itself.
    for (const until = Date.now() + 180_000; !(await message.isVisible()); await whole.waitForTimeout(250)) {
      assert.ok(Date.now() < until, `no message says ${text.source}`);
      if (!(await center.isVisible())) await whole.locator(".statusbar [class*=codicon-bell]").click();
    }
    await center.getByRole("button", { name: "Clear All Notifications" }).click();
    await center.waitFor({ state: "hidden" });
  }

  async function timelineOf(task: string): Promise<void> {
    await treeRows(at(), "Runs").filter({ hasText: task }).click();
    await page().locator("h1").getByText(task).waitFor();
  }

  it("lists the runs of the one folder that has some, and asks in which folder a task shall start", async () => {
    await treeRows(at(), "Runs").filter({ hasText: "A run whose base moved" }).waitFor();
    assert.equal(await treeRows(at(), "Runs").count(), 3);
    await at().palette("Vigil: Start Task…", "asks");
    await offered("notes").click();
    await says(/notes.*(?:repository|git init)/u);
    await at().screenshot("trouble-folders");
  });

  it("says what stands in the way where the same lines changed on the branch meanwhile, and changes nothing", async () => {
    lab.write({ "src/sum.js": "exports.sum = (a, b) => a * b;\n" });
    lab.git("commit", "-q", "-am", "meanwhile");
    const before = lab.fingerprint();
    await timelineOf("A run whose base moved");
    await at().palette("Vigil: Land on Branch…", "asks");
    await offered("Another branch…").click();
    await at().page.locator(".quick-input-widget input").first().fill("main");
    await at().press("Enter");
    await says(/src\/sum\.js/u);
    assert.deepEqual(lab.fingerprint(), before);
    assert.ok(lab.events(runs.moved).some((event) => event.kind === "landing.stopped" && event.outcome === "conflict"));
    await page().getByText("landing stopped by a conflict").first().waitFor();
  });

  it("says after a minute that nobody took a verdict up, shows it no longer, and that it is not lost", async () => {
    // Whoever holds the run and does not listen: here, this test.
    const held = await fileStore(`${lab.repo}/.git/vigil/runs`).write(runs.moved, Date.now);
    assert.ok(held.kind !== "held");
    try {
      await page().locator("main .current .row").first().focus();
      await at().press("x");
      await page().locator(".compose input").fill("not any more");
      await at().press("Enter");
      await page().locator("article.verdict-reject").waitFor();
      await says(/was not taken up within 60 s/u);
      await page().locator("article.verdict-accept").waitFor();
    } finally {
      await held.writer.close();
    }
    // The next process of the run takes it up.
    await lab.vigil("steer", runs.moved, "anything");
    await lab.event(runs.moved, (event) => event.kind === "verdict.given" && event.verdict === "reject" && event.comment === "not any more", 60_000);
    await page().locator("article.verdict-reject").waitFor();
  });

  it("reviews and lands a run whose worktree somebody deleted", async () => {
    rmSync((await lab.json(shown, "show", runs.gone)).worktree, { recursive: true, force: true });
    await timelineOf("A run whose worktree is gone");
    await at().page.getByText("Decision 1 · accepted").first().waitFor();
    await at().palette("Vigil: Land on Branch…", "asks");
    await offered("A new branch").click();
    await lab.event(runs.gone, (event) => event.kind === "landing.finished", 120_000);
    await page().getByText("Undo the landing").waitFor();
    await says(/Landed/u);
  });

  it("shows what can be read of a damaged record, and says what cannot", async () => {
    const log = join(lab.runFolder(runs.damaged), "log.jsonl");
    const lines = readFileSync(log, "utf8").split("\n");
    lines[lines.length - 4] = (lines[lines.length - 4] ?? "").replace(/"kind":"/u, '"kind":"x');
    writeFileSync(log, lines.join("\n"));
    await treeRows(at(), "Runs").filter({ hasText: "A run whose record is damaged" }).filter({ hasText: /damaged/i }).first().waitFor();
    await timelineOf("A run whose record is damaged");
    await page().locator(".headline").getByText(/up to where it is damaged.*event \d+ was changed after it was written/u).waitFor();
    await page().locator("main .decision").getByText("Add instead of subtracting").waitFor();
    assert.equal(await page().getByRole("button", { name: /Land|Resume|Undo/u }).count(), 0);
    await at().screenshot("trouble-damaged");
  });

  it("takes the card away of an approval that was answered elsewhere meanwhile", async () => {
    lab.git("reset", "-q", "--hard", "HEAD~1");
    await lab.serve(ASKING);
    const { child } = lab.start("run", "A run that asks", "--stage", "gated-write", "--detach");
    await new Promise((done) => child.once("close", done));
    const id = (await lab.vigil("runs", "--json")).stdout.match(/"id": ?"([^"]+)"/u)?.[1] ?? "";
    await lab.event(id, (event) => event.kind === "gate.raised" && event.type === "command", 120_000);
    await at().palette("Vigil: Answer What Is Waiting…");
    await page().locator(".gate .shown").getByText("node test/all.js").waitFor();
    const gate = (await lab.json(shown, "show", id)).gates[0]?.id ?? "";
    assert.equal((await lab.vigil("answer", id, gate, "deny")).code, 0);
    await page().locator(".gate").waitFor({ state: "detached" });
    assert.equal(lab.events(id).filter((event) => event.kind === "gate.answered" && event.gate === gate).length, 1);
    await lab.vigil("stop", id);
  });

  it("says which setting is wrong, where, and what it may be, before anything starts", async () => {
    const settings = join(lab.repo, ".vscode", "settings.json");
    const before = readFileSync(settings, "utf8");
    writeFileSync(settings, before.replace('"autonomous-with-summary"', '"autonomus"'));
    const known = lab.git("for-each-ref", "refs/vigil");
    await at().palette("Vigil: Start Task…", "asks");
    await offered("repo").click();
    await at().page.getByText("What should the agent do?").waitFor();
    await at().page.keyboard.type("Never mind");
    await at().press("Enter");
    await says(/maxStage/u);
    assert.equal(lab.git("for-each-ref", "refs/vigil"), known);
    writeFileSync(settings, before);
  });
});
