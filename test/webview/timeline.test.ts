// The timeline's page: stepping, verdicts, zooming, typing, what a screen reader meets, and a run of a hundred thousand steps.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { stepGroups, stepRow } from "../../src/core/panel/step-groups.js";
import { Pages, type Opening, type TimelinePage } from "./page.js";
import { longRun, plannedRun, samplePanel, sampleRun } from "./sample.js";
import { THEME_NAMES } from "./themes.js";

const pictures = join(import.meta.dirname, "..", "..", "pictures");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the timeline's page", function () {
  this.timeout(180_000);
  let pages: Pages;
  before(async () => { pages = await Pages.start(); });
  after(async () => { await pages.close(); });

  async function shown(opening: Opening, doing: (page: TimelinePage) => Promise<void>): Promise<void> {
    const page = await pages.open(opening);
    try {
      await page.page.waitForFunction(() => document.querySelector("#root > *") !== null);
      await page.tell({ kind: "panel", panel: samplePanel() });
      await doing(page);
      assert.deepEqual(page.problems, []);
    } finally {
      await page.page.close();
    }
  }

  it("shows the decisions by how closely to look, with the first one selected", () =>
    shown({}, async (page) => {
      assert.deepEqual(await page.page.locator("main h2").allTextContents(), ["Check these (4)", "Routine (2)Accept all routine…", "Tried and dropped (1)", "Besides the decisions"]);
      assert.match(await page.selected(), /Move the token refresh lock/);
      assert.deepEqual(page.lastSaid("selected"), { kind: "selected", decision: "d1", path: null });
    }));

  it("steps, and goes to what is undecided round the end", () =>
    shown({}, async (page) => {
      const first = await page.selected();
      await page.act("next");
      const second = await page.selected();
      assert.notEqual(second, first);
      await page.act("previous", "previous", "previous");
      assert.equal(await page.selected(), first);
      await page.act("last", "nextUndecided");
      assert.equal(await page.selected(), first);
    }));

  it("gives a verdict at once, moves on, and says what is left", () =>
    shown({}, async (page) => {
      const first = await page.selected();
      await page.act("accept");
      assert.deepEqual(page.lastSaid("verdict"), { kind: "verdict", verdict: "accept", targets: ["d1"], opened: false });
      assert.notEqual(await page.selected(), first);
      assert.equal(await page.page.getByRole("status").textContent(), "Accepted 1. 3 left.");
    }));

  it("keeps a verdict that is not written down yet, whatever else is told meanwhile, until it is said not to be", () =>
    shown({}, async (page) => {
      await page.act("accept");
      await page.tell({ kind: "panel", panel: samplePanel() });
      assert.equal(await page.page.locator("article.verdict-accept").count(), 2);
      assert.match((await page.page.locator(".counts").textContent()) ?? "", /3 undecided2 accepted/);
      await page.tell({ kind: "unsaid" });
      assert.equal(await page.page.locator("article.verdict-accept").count(), 1);
    }));

  it("asks for the reason in the page, and sends it with the verdict", () =>
    shown({}, async (page) => {
      await page.act("ask");
      await page.page.keyboard.type("Use the helper");
      assert.equal(page.said.filter((message) => message.kind === "verdict").length, 0);
      await page.page.keyboard.press("Enter");
      await page.page.waitForFunction(() => document.querySelector(".compose") === null);
      assert.deepEqual(page.lastSaid("verdict"), { kind: "verdict", verdict: "change", targets: ["d1"], opened: false, comment: "Use the helper" });
    }));

  it("keeps what is typed into a field from the editor's keybindings, which hear the window", () =>
    shown({}, async (page) => {
      await page.page.evaluate(() => { addEventListener("keydown", (event) => { (window as unknown as { seen: string }).seen = `${(window as unknown as { seen?: string }).seen ?? ""}${event.key}`; }); });
      const seen = (): Promise<string | undefined> => page.page.evaluate(() => (window as unknown as { seen?: string }).seen);
      await page.act("ask");
      await page.page.keyboard.type("ja");
      await page.page.keyboard.press("Enter");
      assert.equal(await seen(), undefined);
      await page.page.keyboard.press("j");
      assert.equal(await seen(), "j");
    }));

  it("does not ask for a change without a word", () =>
    shown({}, async (page) => {
      await page.act("ask");
      await page.page.keyboard.press("Enter");
      assert.equal(page.lastSaid("verdict"), undefined);
      await page.page.keyboard.press("Escape");
      assert.equal(await page.page.locator(".compose").count(), 0);
    }));

  it("tells the editor when keys are meant for the list, and when somebody types", () =>
    shown({}, async (page) => {
      assert.equal(page.lastSaid("focus")?.list, true);
      await page.act("filter");
      await page.page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
      assert.equal(page.lastSaid("focus")?.list, false);
      await page.page.keyboard.type("band:routine");
      assert.deepEqual(await page.page.locator("main article .title").allTextContents(), ["Seed the clock in every auth test", "Say in the docs which lock comes first"]);
      await page.page.keyboard.press("Escape");
      assert.equal(page.lastSaid("focus")?.list, true);
    }));

  it("says when nothing matches, and offers the way back", () =>
    shown({}, async (page) => {
      await page.act("filter");
      await page.page.keyboard.type("no-such-thing");
      await page.page.getByRole("button", { name: "Clear filter" }).click();
      assert.equal(await page.page.locator("main article").count(), 7);
    }));

  it("lists as the person's settings say, until they choose the order in this timeline", () =>
    shown({}, async (page) => {
      const first = (): Promise<string | null> => page.page.locator("main h2").first().textContent();
      const height = (): Promise<number> => page.page.locator(".decision .row").nth(1).evaluate((row) => row.getBoundingClientRect().height);
      const comfortable = await height();
      await page.tell({ kind: "look", order: "time", density: "compact" });
      assert.equal(await first(), "In the order of the run (7)");
      assert.ok((await height()) < comfortable, "compact rows are lower");
      await page.act("order");
      assert.equal(await first(), "Check these (4)");
      await page.tell({ kind: "look", order: "time", density: "comfortable" });
      assert.equal(await first(), "Check these (4)");
      assert.equal(await height(), comfortable);
    }));

  it("zooms from the report to a single step and back", () =>
    shown({}, async (page) => {
      const run = sampleRun();
      const own = run.steps.filter((step) => step.decision === "d1");
      await page.act("in", "in");
      assert.deepEqual(page.lastSaid("groups"), { kind: "groups", decision: "d1" });
      await page.tell({ kind: "groups", decision: "d1", groups: stepGroups(own) });
      assert.ok((await page.page.locator("main .row").count()) > 3);
      await page.act("in");
      const asked = page.lastSaid("steps");
      assert.ok(asked !== undefined);
      await page.tell({ kind: "steps", from: asked.from, to: asked.to, rows: run.steps.filter((step) => step.step >= asked.from && step.step <= asked.to).map(stepRow) });
      assert.match((await page.page.locator(".step.current").textContent()) ?? "", /^1edit/);
      await page.act("out", "out", "out", "out");
      assert.deepEqual(await page.page.getByRole("treeitem").locator(".title").allTextContents(), ["Make it deterministic", "Prove it", "Outside the plan"]);
      await page.act("out");
      assert.match((await page.page.locator("main h2").first().textContent()) ?? "", /Outcome/);
    }));

  it("keeps the selection while the run goes on, and says what is new", () =>
    shown({}, async (page) => {
      const run = sampleRun();
      const before = await page.selected();
      const more = { ...run, decisions: [...run.decisions, { ...(run.decisions[0] ?? assert.fail()), id: "d8", n: 8 }] };
      await page.tell({ kind: "panel", panel: samplePanel(more) });
      assert.equal(await page.selected(), before);
      assert.equal(await page.page.locator(".unseen").textContent(), "1 new below");
    }));

  it("keeps its run from the first moment, for a reader who only looked before the window was reloaded", () =>
    shown({}, async (page) => {
      const kept = await page.page.evaluate(() => (window as unknown as { kept: { run: string; place: { decision: string } } }).kept);
      assert.deepEqual([kept.run, kept.place.decision], ["r-1", "d1"]);
    }));

  it("comes back to where it was after the window was reloaded", async () => {
    let kept: unknown;
    await shown({}, async (page) => {
      await page.act("order", "next", "next");
      kept = await page.page.evaluate(() => (window as unknown as { kept: unknown }).kept);
    });
    await shown({ kept }, async (page) => { assert.match(await page.selected(), /Say in the docs/); });
  });

  it("asks for the steps of a decision that it was looking into before the window was reloaded", async () => {
    const own = sampleRun().steps.filter((step) => step.decision === "d1");
    let kept: unknown;
    await shown({}, async (page) => {
      await page.act("in", "in");
      await page.tell({ kind: "groups", decision: "d1", groups: stepGroups(own) });
      kept = await page.page.evaluate(() => (window as unknown as { kept: unknown }).kept);
    });
    await shown({ kept }, async (page) => {
      assert.deepEqual(page.lastSaid("groups"), { kind: "groups", decision: "d1" });
      await page.tell({ kind: "groups", decision: "d1", groups: stepGroups(own) });
      assert.ok((await page.page.locator("main .row").count()) > 3);
    });
  });

  it("starts afresh with another run, whose decisions and steps have the same names", () =>
    shown({}, async (page) => {
      await page.act("order", "in", "in");
      await page.tell({ kind: "groups", decision: "d1", groups: stepGroups(sampleRun().steps) });
      await page.tell({ kind: "panel", panel: { ...samplePanel(), run: "r-2" } });
      assert.deepEqual(await page.page.locator("main h2").allTextContents(), ["In the order of the run (7)", "Besides the decisions"]);
      await page.act("in", "in");
      assert.equal(await page.page.locator("main").textContent(), "Reading its steps…");
    }));

  it("offers to have changes made before it offers to land, and says how many", () =>
    shown({}, async (page) => {
      const { can } = samplePanel();
      for (const [rework, text] of [[1, "Have it changed"], [3, "Have 3 changes made"]] as const) {
        await page.tell({ kind: "panel", panel: { ...samplePanel(), can: { ...can, land: true, rework } } });
        assert.deepEqual(await page.page.locator(".actions button.primary").allTextContents(), [text]);
      }
      await page.page.getByRole("button", { name: "Have 3 changes made" }).click();
      assert.deepEqual(page.lastSaid("resume"), { kind: "resume" });
      await page.tell({ kind: "panel", panel: { ...samplePanel(), can: { ...can, land: true, rework: 0 } } });
      assert.deepEqual(await page.page.locator(".actions button.primary").allTextContents(), ["Land what is accepted…"]);
    }));

  it("shows nothing of a run that it is about to leave, and says in its place why another cannot be read", () =>
    shown({}, async (page) => {
      await page.tell({ kind: "other" });
      assert.equal(await page.page.locator("#root").textContent(), "Reading the run…");
      await page.act("accept");
      assert.equal(page.lastSaid("verdict"), undefined);
      await page.tell({ kind: "said", text: "The log of run r-2 is damaged.", bad: true });
      assert.equal(await page.page.getByRole("status").textContent(), "The log of run r-2 is damaged.");
      await page.tell({ kind: "panel", panel: { ...samplePanel(), run: "r-3" } });
      assert.match(await page.selected(), /Move the token refresh lock/);
      assert.equal(await page.page.getByRole("status").textContent(), "");
    }));

  it("leaves the keyboard with whoever has it, and settles on the list when it is given back", async () => {
    const page = await pages.open();
    await page.page.evaluate(() => { document.hasFocus = () => false; });
    await page.tell({ kind: "panel", panel: samplePanel() });
    await page.page.locator("main .current").waitFor();
    await page.act("next", "in");
    assert.equal(await page.page.evaluate(() => document.activeElement === document.body), true);
    assert.equal(page.lastSaid("focus")?.list, false);
    await page.page.evaluate(() => { Reflect.deleteProperty(document, "hasFocus"); window.dispatchEvent(new Event("focus")); });
    assert.equal(await page.page.evaluate(() => document.activeElement?.closest(".current") !== null), true);
    assert.equal(page.lastSaid("focus")?.list, true);
    await page.page.close();
  });

  it("answers an approval only by its buttons, which are deaf at first and never have the focus", () =>
    shown({}, async (page) => {
      await page.tell({ kind: "panel", panel: { ...samplePanel(), gates: [] } });
      // Looked at and pressed inside the page: however slow the machine is, this is the moment they come, and the one they hear.
      await page.page.evaluate(() => {
        let came: number | undefined;
        const look = (): void => {
          const buttons = [...document.querySelectorAll<HTMLButtonElement>(".gate .actions button")];
          if (buttons.length === 0) return;
          came ??= performance.now();
          const isDeaf = buttons.some((button) => button.disabled);
          if (isDeaf) for (const button of buttons) button.click();
          else Object.assign(window, { deafFor: performance.now() - came });
        };
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
      });
      await page.tell({ kind: "panel", panel: samplePanel() });
      const allow = page.page.getByRole("button", { name: "Allow once" });
      assert.equal(await allow.evaluate((button) => button === document.activeElement), false);
      const deafFor = await page.page.waitForFunction(() => (window as unknown as { deafFor?: number }).deafFor);
      assert.ok(Number(await deafFor.jsonValue()) > 390, "deaf for as long as a hand needs that was about to press something else");
      assert.equal(page.lastSaid("answer"), undefined);
      await allow.click();
      assert.deepEqual(page.said.filter((message) => message.kind === "answer").length, 1);
      assert.equal(page.lastSaid("answer")?.answer, "allow");
    }));

  it("says that a script plays the model, where one does", () =>
    shown({}, async (page) => {
      assert.equal(await page.page.locator(".scripted").count(), 0);
      await page.tell({ kind: "panel", panel: { ...samplePanel(), scripted: true } });
      assert.match((await page.page.locator(".scripted").textContent()) ?? "", /script/);
    }));

  it("leaves the approval of a decision to the list, where its verdict is the answer", () =>
    shown({}, async (page) => {
      const panel = samplePanel();
      const [one] = panel.gates;
      assert.ok(one !== undefined);
      await page.tell({ kind: "panel", panel: { ...panel, gates: [{ ...one, id: "g2", type: "decision", decision: "d1" }] } });
      assert.equal(await page.page.locator(".gate").count(), 0);
      assert.equal(await page.page.locator("main .current").count() > 0, true);
    }));

  it("draws the agent's words as words, whatever they hold", () =>
    shown({}, async (page) => {
      const run = sampleRun();
      const [first, ...others] = run.decisions;
      assert.ok(first !== undefined);
      const hostile = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';
      await page.tell({ kind: "panel", panel: samplePanel({ ...run, decisions: [{ ...first, reason: { ...first.reason, title: hostile, why: hostile } }, ...others] }) });
      assert.equal(await page.page.evaluate(() => (window as unknown as { broken?: number }).broken), undefined);
      assert.equal(await page.page.locator("main img, main script").count(), 0);
    }));

  it("holds a run of a hundred thousand steps with few nodes, and steps through it quickly", () =>
    shown({}, async (page) => {
      const run = longRun(100_000);
      await page.tell({ kind: "panel", panel: samplePanel(run) });
      await page.act("in", "in");
      await page.tell({ kind: "groups", decision: "d1", groups: [{ steps: [1, 5_000], count: 5_000, text: "5,000 steps", ms: 1, trouble: false }] });
      await page.act("in", "last");
      const nodes = await page.page.evaluate(() => document.querySelectorAll("main .step").length);
      assert.ok(nodes > 5 && nodes < 100, `${String(nodes)} rows are drawn`);
      assert.match((await page.page.locator(".step.current").textContent()) ?? "", /^5,000/);
    }));

  async function atGoals(opening: Opening, doing: (page: TimelinePage) => Promise<void>): Promise<void> {
    await shown(opening, async (page) => {
      await page.tell({ kind: "panel", panel: samplePanel(plannedRun()) });
      await page.act("out");
      await doing(page);
    });
  }

  it("shows the goals as a tree, with how each stands in words, what went into it, and why one was given up", () =>
    atGoals({}, async (page) => {
      const items = page.page.getByRole("treeitem");
      assert.deepEqual(await items.evaluateAll((all) => all.map((item) => [item.getAttribute("aria-level"), item.querySelector(".stands")?.textContent])), [
        ["1", "open · 260 steps, 10 min 50 s, $6.81"],
        ["2", "open · 210 steps, 8 min 45 s, $5.50"],
        ["3", "reached · 90 steps, 3 min 45 s, $2.10"],
        ["3", "given up · 120 steps, 5 min 00 s, $3.40"],
        ["2", "in progress, check red 4 of 5 times · 50 steps, 2 min 05 s, $1.31"],
        ["1", "open · nothing yet"],
        ["1", "belongs to no goal"],
      ]);
      const clock = items.nth(3);
      assert.equal(await clock.locator(".account").textContent(), "Given up by a rule: its time is used up2 h of work went into it, of 2 h that it may take.Would unblock it: Say whether the browser tests may be left out.");
      assert.deepEqual(await items.nth(2).locator(".mark").allTextContents(), ["required", "yours"]);
      assert.match((await items.nth(4).textContent()) ?? "", /Its check may be red once more\./);
    }));

  it("moves through the goals with the focus, and goes into a goal and all below it", () =>
    atGoals({}, async (page) => {
      await page.act("next");
      assert.equal(await page.selected(), "Make it deterministic");
      assert.equal(await page.page.evaluate(() => document.activeElement?.getAttribute("aria-level")), "2");
      await page.act("in");
      assert.deepEqual((await page.page.locator("main article .title").allTextContents()).toSorted(), ["Add a race detector to AuthStore", "Delete the retry wrapper around login()", "Move the token refresh lock into AuthStore"]);
      await page.act("out");
      assert.equal(await page.selected(), "Make it deterministic");
    }));

  it("asks to give up an open goal, and to let one be tried again that was given up or nearly so, by click or key", () =>
    atGoals({}, async (page) => {
      const { page: window } = page;
      const offered = (): Promise<string[]> => window.locator(".goals .actions button:not(.quiet)").allTextContents();
      assert.deepEqual(await offered(), ["Give up…"]);
      await window.getByRole("button", { name: "Give up…" }).click();
      assert.deepEqual(page.lastSaid("giveUp"), { kind: "giveUp", goal: "main" });
      await page.act("next", "next");
      assert.deepEqual(await offered(), []);
      await page.act("next");
      assert.deepEqual(await offered(), ["Let it be tried again"]);
      await window.getByRole("button", { name: "Let it be tried again" }).focus();
      await window.keyboard.press("Enter");
      assert.deepEqual(page.lastSaid("waive"), { kind: "waive", goal: "clock" });
      await page.act("next");
      assert.deepEqual(await offered(), ["Let it be tried again", "Give up…"]);
    }));

  it("offers nothing to do about goals and limits where nobody may act, and no goal to give up once the run has ended", () =>
    shown({}, async (page) => {
      const of = (trusted: boolean, run = plannedRun()) => samplePanel(run, trusted);
      await page.tell({ kind: "panel", panel: of(false) });
      await page.act("out");
      assert.equal(await page.page.getByRole("button", { name: /Give up|tried again|Raise/u }).count(), 0);
      await page.tell({ kind: "panel", panel: of(true, { ...plannedRun(), phase: { kind: "ended", outcome: "ready", why: "" } }) });
      assert.equal(await page.page.getByRole("button", { name: /Give up|Raise/u }).count(), 0);
      await page.act("next", "next", "next");
      assert.equal(await page.page.getByRole("button", { name: "Let it be tried again" }).count(), 1);
    }));

  it("shows how much of each limit is used, in words where it is near or reached, and asks to raise one", () =>
    atGoals({}, async (page) => {
      assert.deepEqual(await page.page.locator(".limit").evaluateAll((all) => all.map((one) => [one.querySelector(".label")?.textContent, one.querySelector(".amount")?.textContent, one.querySelector(".level")?.textContent.trim()])), [
        ["money", "$8.62 of $10.00 (86 %)", "near"],
        ["hours of work", "2.6 of 8 hours (32 %)", undefined],
        ["steps", "260 of 250 steps (104 %)", "reached"],
      ]);
      await page.page.getByRole("button", { name: "Raise the limit: steps" }).click();
      assert.deepEqual(page.lastSaid("raise"), { kind: "raise", limit: "steps" });
    }));

  it("shows no limits where none is set", () =>
    shown({}, async (page) => {
      await page.tell({ kind: "panel", panel: { ...samplePanel(), limits: [] } });
      assert.equal(await page.page.locator(".limits").count(), 0);
    }));

  /** Takes its picture on the way. */
  async function faultless({ page }: TimelinePage, picture: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${picture}.png`) });
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join(" | ")}`);
    });
    assert.deepEqual(found, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "it scrolls sideways");
  }

  for (const theme of THEME_NAMES) {
    for (const width of [520, 760]) {
      it(`has nothing that axe finds fault with among its goals, in ${theme} at ${String(width)} pixels`, () =>
        atGoals({ theme, width, height: 1100 }, async (page) => {
          await page.act("next", "next", "next");
          await faultless(page, `goals-${theme}-${String(width)}`);
        }));

      it(`has nothing that axe finds fault with, in ${theme} at ${String(width)} pixels`, () =>
        shown({ theme, width, height: 1400 }, async (page) => {
          await page.act("evidence");
          await faultless(page, `timeline-${theme}-${String(width)}`);
        }));
    }
  }
});
