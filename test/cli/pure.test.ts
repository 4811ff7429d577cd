// The parts of the client and the command line that need no process: lines, plans, names of runs, states.
import assert from "node:assert/strict";
import { exitOf, RUN_STATES, stateOf } from "../../src/client/state-of.js";
import { findRun } from "../../src/client/find-run.js";
import { ownerOf } from "../../src/client/owner.js";
import { taskOf } from "../../src/client/plan-file.js";
import { newRunId } from "../../src/client/run-id.js";
import { closest } from "../../src/cli/closest.js";
import { ids } from "../../src/cli/ids.js";
import { parse } from "../../src/cli/parse.js";
import { VERBS } from "../../src/cli/verbs.js";
import { HumanError } from "../../src/core/error.js";
import type { Run } from "../../src/core/run/run.js";
import type { Store } from "../../src/store/store.js";

describe("a command line", () => {
  function check(line: string, expected: { verb: string; args?: readonly string[]; set?: Readonly<Record<string, unknown>> } | RegExp): void {
    const argv = line === "" ? [] : line.split(" ").map((word) => word.replaceAll("_", " "));
    if (expected instanceof RegExp) {
      assert.throws(() => parse(argv, VERBS), (error: unknown) => error instanceof HumanError && error.exit === 2 && expected.test(error.message));
      return;
    }
    const parsed = parse(argv, VERBS);
    const set = Object.fromEntries(Object.entries(parsed.values).filter(([, value]) => value !== undefined && value));
    assert.deepEqual({ verb: parsed.verb?.name, args: parsed.args, set }, { args: [], set: {}, ...expected });
  }

  it("finds the verb after global options", () => check("--repo /x --json runs", { verb: "runs", set: { repo: "/x", json: true } }));
  it("takes global options after the verb", () => check("runs --repo=/x", { verb: "runs", set: { repo: "/x" } }));
  it("takes options between arguments", () => check("answer last --comment not_here g1 deny", { verb: "answer", args: ["last", "g1", "deny"], set: { comment: "not here" } }));
  it("takes a task that begins with a dash after --", () => check("run -- --odd_task", { verb: "run", args: ["--odd task"] }));
  it("does not count arguments where help is asked for", () => check("answer --help", { verb: "answer", set: { help: true } }));
  it("takes -h for help", () => check("land -h", { verb: "land", set: { help: true } }));
  it("names the nearest verb", () => check("timelime last", /no verb "timelime".*vigil timeline/));
  it("sees a task where the verb is missing", () => check("Fix_the_bug", /vigil run "Fix the bug"/));
  it("names the nearest option", () => check("run x --detatch", /no option --detatch.*--detach/));
  it("refuses an option of another verb", () => check("show last --stage x", /no option --stage/));
  it("asks for the value of an option", () => check("run x --stage", /--stage needs a value: --stage STAGE/));
  it("takes no option for the value of another, unless it is joined to it", () => {
    check("land last --onto --json", /--onto needs a value: --onto BRANCH\. A value that begins with a dash is joined to it: --onto=--json\./);
    check("stop last --comment=-1", { verb: "stop", args: ["last"], set: { comment: "-1" } });
  });
  it("refuses a value for a switch", () => check("run x --detach=no", /--detach takes no value/));
  it("names what is missing", () => check("answer last g1", /vigil answer RUN GATE allow\|deny/));
  it("advises quotes where a task was split", () => check("run fix the bug", /Put the text in quotes/));
});

describe("a mistyped word", () => {
  const check = (word: string, expected: string | undefined): void => assert.equal(closest(word, ["run", "runs", "timeline", "land"]), expected);
  it("is taken for the closest of the closest length", () => check("rnus", "runs"));
  it("is taken for a word with a letter more", () => check("lan", "land"));
  it("is taken for nothing when half of it differs", () => check("foo", undefined));
});

describe("ids on the command line", () => {
  const check = (text: string | undefined, expected: readonly string[]): void => assert.deepEqual(ids(text), expected);
  it("are separated by commas", () => check("d1, d2:src/a.js#2,", ["d1", "d2:src/a.js#2"]));
  it("may hold a comma that is escaped", () => check("d1:a\\,b.js,d2", ["d1:a,b.js", "d2"]));
  it("are none where nothing is said", () => check(undefined, []));
});

describe("a plan's task", () => {
  const check = (text: string, expected: string | undefined): void => assert.equal(taskOf(text), expected);
  it("is the text under Goal, as one line", () => check("# Goal\nMake it fast\nand small.\n\n# Done when\nnpm test", "Make it fast and small."));
  it("may stand on the line of the heading", () => check("Goal: Make it fast\n\nStop if: it burns", "Make it fast"));
  it("is found below other headings", () => check("# Plan for Monday\n## Done when\nx\n## Goal\nTidy up\n## Stop if\ny", "Tidy up"));
  it("is the first heading where there is no goal", () => check("# Tidy up the cache\n\nIt grew.\n", "Tidy up the cache"));
  it("is the first line of plain text", () => check("\nTidy up the cache.\nIt grew.", "Tidy up the cache."));
  it("is not one of the other headings", () => check("# Done when\n", undefined));
  it("is nothing in an empty file", () => check(" \n\n", undefined));
});

describe("the run that somebody means", () => {
  const known = ["20261122-130502-b1c2d3", "20261122-130501-a1b2c3", "20261121-090000-a9b9c9"];
  // Of a store, finding asks for nothing but the list.
  const store = (list: readonly string[]): Store => ({ list: () => Promise.resolve(list) }) as unknown as Store;
  const check = async (text: string, expected: string | RegExp, list = known): Promise<void> => {
    if (typeof expected === "string") assert.equal(await findRun(store(list), text), expected);
    else await assert.rejects(findRun(store(list), text), (error: unknown) => error instanceof HumanError && error.exit === 2 && expected.test(error.message));
  };
  it("is the newest for last", () => check("last", known[0] ?? ""));
  it("is the one with this id", () => check("20261122-130501-a1b2c3", "20261122-130501-a1b2c3"));
  it("is the one with this beginning", () => check("20261121", "20261121-090000-a9b9c9"));
  it("is the one with this end", () => check("a1b2c3", "20261122-130501-a1b2c3"));
  it("is not guessed where several fit", () => check("20261122", /could be any of .*b1c2d3.*a1b2c3/));
  it("is not guessed where none fits, and near ones are named first", () => check("20261122-130501-ffffff", /no run .*The runs: 20261122-130501-a1b2c3/));
  it("is none for an empty text", () => check("", /no run ""/));
  it("is none where nothing ran", () => check("last", /no runs yet.*vigil run/, []));
});

describe("a run's state in one word", () => {
  const run = (phase: Run["phase"], landing?: "landed" | "undone"): Run => ({ phase, landing: landing === undefined ? undefined : { state: landing } }) as unknown as Run;
  const check = (of: Run, alive: boolean, expected: string): void => assert.equal(stateOf(of, alive), expected);
  it("is the phase while a worker lives", () => check(run({ kind: "waiting", on: "g1" }), true, "waiting"));
  it("is interrupted when nobody works on it", () => check(run({ kind: "working" }), false, "interrupted"));
  it("stays paused without a process", () => check(run({ kind: "paused", why: "" }), false, "paused"));
  it("is the outcome once it ended", () => check(run({ kind: "ended", outcome: "proposed", why: "" }), false, "proposed"));
  it("is landed after a landing", () => check(run({ kind: "ended", outcome: "ready", why: "" }, "landed"), false, "landed"));
  it("is ready again after the landing was taken back", () => check(run({ kind: "ended", outcome: "landed", why: "" }, "undone"), false, "ready"));
  it("has an exit code, whatever it is", () => assert.deepEqual(Object.fromEntries(RUN_STATES.map((state) => [state, exitOf(state)])), {
    queued: 4, preparing: 4, working: 4, waiting: 4, outage: 4, paused: 4, interrupted: 4, ready: 0, landed: 0, proposed: 0, stopped: 4, failed: 1, abandoned: 3,
  }));
});

describe("who answers for a run", () => {
  const me = { name: "Ada", email: "ada@team.example" };
  const check = (owner: string | undefined, expected: { name: string; email: string }): void => assert.deepEqual(ownerOf(owner, me), expected);
  it("is whoever starts it where policy names nobody", () => check(undefined, me));
  it("keeps the name of an address that is one's own", () => check("ADA@team.example", { name: "Ada", email: "ADA@team.example" }));
  it("may be written with a name", () => check("Bo Berg <bo@team.example>", { name: "Bo Berg", email: "bo@team.example" }));
  it("is called by the address where that is all there is", () => check("bo@team.example", { name: "bo", email: "bo@team.example" }));
});

describe("names of new runs", () => {
  it("sort by their start and differ within a second", () => {
    const at = new Date(Date.UTC(2026, 10, 22, 13, 5, 1));
    assert.match(newRunId(at), /^20261122-130501-[0-9a-f]{6}$/);
    assert.equal(new Set(Array.from({ length: 20 }, () => newRunId(at))).size, 20);
  });
});
