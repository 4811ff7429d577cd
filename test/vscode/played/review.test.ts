// A reviewer's morning, played by keyboard: a finished run is opened, stepped through, judged, landed and taken back. What
// the screen says is not believed; git and the run's own log are asked after each step.
import assert from "node:assert/strict";
import type { FrameLocator } from "playwright-core";
import { Lab, POLICY, ran, shown } from "../../runner/lab.js";
import { begin, call, end, finish, turns } from "../../runner/scripts.js";
import { open, pictureOfFailure, type Window } from "./window.js";

const SCRIPT = turns(
  [begin("Add instead of subtracting", "sum returned a difference, and every invoice was wrong")],
  [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" }), end("sum adds now", { claims: [{ claim: "the check is green", command: "node test/all.js" }] })],
  [begin("Say what sum does", "the guide was empty")],
  [call("write", { file_path: "docs/guide.md", content: "# Guide\n\nsum(a, b) adds.\n" }), end("the guide speaks of sum")],
  [begin("Greet by first name", "the tests of the greeter expect it")],
  [call("edit", { file_path: "src/greet.js", old_string: "Hello ${name}", new_string: "Hello ${name.split(\" \")[0]}" }), end("greets by first name")],
  [finish("sum adds, and the guide says so.")],
  // What the reviewer asks for in the morning.
  [begin("Give an example in the guide", "a reviewer asked for it")],
  [call("write", { file_path: "docs/guide.md", content: "# Guide\n\nsum(a, b) adds: sum(1, 2) is 3.\n" }), end("the guide has an example")],
  [finish("The guide has an example.")],
);

describe("a review, played", function () {
  this.timeout(900_000);
  let lab: Lab;
  let window: Window | undefined;
  let id = "";

  before(async () => {
    lab = new Lab({ ...POLICY, "vigil.policy.maxStage": "bounded-write" });
    await lab.serve(SCRIPT);
    id = (await lab.json(ran, "run", "Make sum add, and say so", "--stage", "bounded-write")).id;
  });
  after(async () => {
    await window?.close();
    await lab.close();
  });
  afterEach(async function () {
    await pictureOfFailure(window, this.currentTest);
  });

  /** The page inside the panel. */
  function page(): FrameLocator {
    assert.ok(window !== undefined);
    return window.page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  }

  /** Steps to a decision by keys, wherever the selection is. */
  async function to(title: string): Promise<void> {
    await page().locator("main .current .row, main .row").first().focus();
    const titles = await page().locator("main .decision .title").allTextContents();
    const at = titles.findIndex((one) => one.includes(title));
    assert.ok(at >= 0, `no row says ${title}: ${titles.join(", ")}`);
    await window?.press("Home");
    for (let n = 0; n < at; n += 1) {
      await page().locator("main .current .title").getByText(titles[n] ?? "").waitFor();
      await window?.press("j");
    }
    await page().locator("main .current .title").getByText(title).waitFor();
  }

  async function verdicts(wanted: Readonly<Record<string, string | undefined>>): Promise<void> {
    const given: Record<string, string> = {};
    await lab.event(id, () => {
      for (const key of Object.keys(given)) Reflect.deleteProperty(given, key);
      for (const event of lab.events(id)) {
        if (event.kind !== "verdict.given") continue;
        for (const target of event.targets) {
          if (event.verdict === "withdraw") Reflect.deleteProperty(given, target);
          else given[target] = event.verdict;
        }
      }
      return JSON.stringify(Object.entries(given).sort()) === JSON.stringify(Object.entries(wanted).sort());
    }, 120_000).catch(() => { assert.deepEqual(given, wanted); });
  }

  it("opens the timeline, with the decision to begin with selected and its diff beside it", async () => {
    window = await open(lab.repo, { env: lab.environment() as Record<string, string>, size: { width: 1440, height: 900 }, settings: { "window.commandCenter": false } });
    await window.palette("View: Show Vigil");
    await window.palette("Vigil: Open Decision Timeline");
    await page().getByText("3 decisions explain").waitFor();
    await page().locator("main .current").waitFor();
    await window.page.getByText("Decision 1 · undecided").waitFor();
    await window.page.getByText("and every invoice was wrong").first().waitFor();
    await window.screenshot("review-timeline");
  });

  it("steps and gives verdicts by single keys", async () => {
    await page().locator("main .current .row").first().focus();
    const titles = await page().locator("main .decision .title").allTextContents();
    const first = await page().locator("main .current .title").textContent();
    await window?.press("j");
    await page().locator("main .current .title").getByText(titles[1] ?? "").waitFor();
    await window?.press("k");
    await page().locator("main .current .title").getByText(first ?? "").waitFor();
    await window?.press("a");
    await page().getByText("2 left.").waitFor();
    await verdicts({ [titles[0] === "Add instead of subtracting" ? "d1" : "d3"]: "accept" });
  });

  it("takes the verdict back, accepts one, rejects one with a reason, and asks for a change of another", async () => {
    await window?.press("u");
    await verdicts({});
    await to("Add instead of subtracting");
    await window?.press("a");
    await page().locator("article.verdict-accept").filter({ hasText: "Add instead of subtracting" }).waitFor();
    await verdicts({ d1: "accept" });
    await to("Say what sum does");
    await window?.press("c");
    await page().locator(".compose input").fill("Give an example, too");
    await window?.press("Enter");
    await verdicts({ d1: "accept", d2: "change" });
    await to("Greet by first name");
    await window?.press("x");
    await page().locator(".compose input").fill("names are shown whole here");
    await window?.press("Enter");
    await page().getByText("Everything is decided.").waitFor();
    await verdicts({ d1: "accept", d2: "change", d3: "reject" });
    // It is still the one beside the editor: what stands above its reasons follows the verdict.
    await window?.page.getByText("Decision 3 · rejected").first().waitFor();
    // As the README shows it: a decision beside its diff, with the reason on the hunk.
    await to("Add instead of subtracting");
    await window?.page.getByText("Decision 1 · accepted").waitFor();
    await window?.screenshot("vscode-review");
    const rejected = lab.events(id).findLast((event) => event.kind === "verdict.given");
    assert.equal(rejected?.kind === "verdict.given" ? rejected.comment : "", "names are shown whole here");
  });

  it("has the agent make the change, and accepts what it made of it", async () => {
    await page().getByRole("button", { name: "Have it changed" }).waitFor();
    await window?.palette("Vigil: Have Changes Made");
    await lab.event(id, (event) => event.kind === "decision.ended" && event.decision === "d4", 120_000);
    await page().getByText("Ready to review").first().waitFor();
    assert.ok(lab.model?.requests.some(({ body }) => JSON.stringify(body).includes("asks for a change of d2: Give an example, too")));
    for (const title of ["Say what sum does", "Give an example in the guide"]) {
      await to(title);
      await window?.press("a");
      await page().locator("article.verdict-accept").filter({ hasText: title }).waitFor();
    }
    await verdicts({ d1: "accept", d2: "accept", d3: "reject", d4: "accept" });
    await window?.screenshot("review-reworked");
  });

  it("lands what was accepted on the branch, and takes the landing back", async () => {
    assert.ok(window !== undefined);
    const before = lab.fingerprint();
    await window.palette("Vigil: Land on Branch…", "asks");
    await window.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "A new branch" }).waitFor();
    await window.press("Enter");
    await lab.event(id, (event) => event.kind === "landing.finished", 120_000);
    const branch = (await lab.json(shown, "show", id)).landed?.branch ?? "";
    assert.match(lab.git("show", `${branch}:src/sum.js`), /a \+ b/);
    assert.match(lab.git("show", `${branch}:docs/guide.md`), /sum\(1, 2\) is 3/);
    assert.doesNotMatch(lab.git("show", `${branch}:src/greet.js`), /split/);
    await page().getByText("Undo the landing").waitFor();
    await page().getByText(`Landed on ${branch}`).waitFor();
    await window.screenshot("review-landed");
    await window.palette("Vigil: Undo Last Landing");
    await lab.event(id, (event) => event.kind === "landing.undone", 120_000);
    assert.deepEqual(lab.fingerprint(), before);
  });

  it("comes back to the same decision after the window was reloaded", async () => {
    assert.ok(window !== undefined);
    const before = await page().locator("main .current .title").textContent();
    await window.page.reload();
    await page().locator("main .current .title").getByText(before ?? "").waitFor();
  });
});
