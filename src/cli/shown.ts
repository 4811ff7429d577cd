// A run's state on one screen: how it stands, what waits for a person and how to answer, what it did, what to do next.
// Everything the agent or the task's author wrote passes the one sink for screens.
import type { Shown } from "../client/show-run.js";
import { STATE_TEXT } from "../client/state-text.js";
import { band } from "../core/review/band.js";
import { overlapText } from "../core/review/overlap-text.js";
import { report, type CheckRow } from "../core/review/report.js";
import { effectiveVerdict } from "../core/review/verdict.js";
import { VERDICT_TEXT } from "../core/review/verdict-text.js";
import { count, duration, grouped } from "../core/run/amounts.js";
import { cacheShareText } from "../core/run/cache-share.js";
import { usedLimits } from "../core/run/limits.js";
import type { Decision, Run } from "../core/run/run.js";
import { wrap } from "../core/run/wrap.js";
import { oneLine } from "../core/text/one-line.js";
import { visible } from "../core/text/visible.js";
import { ago, dollars, localMinute } from "./amounts.js";
import { gateText } from "./gate-text.js";
import { goalsText } from "./goals-text.js";
import type { Ink } from "./ink.js";
import { stateInk } from "./state-ink.js";
import { table, type Cell } from "./table.js";

export interface ShownLook {
  readonly ink: Ink;
  /** In columns. */
  readonly width: number;
  /** Everything, whatever its length. */
  readonly full: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Lines of a decision's diff that one screen has room for. */
const DIFF_LINES = 16;
/** Decisions that one screen has room for: the newest. */
const DECISIONS = 15;

export function shownText(run: Run, shown: Shown, look: ShownLook): string {
  const { ink } = look;
  const gateLook = { ink, width: look.width, now: look.now, lines: look.full ? Infinity : DIFF_LINES };
  const blocks = [
    heading(shown, look),
    ...(shown.gates.length === 0 ? [] : [ink.bold(`Waiting for you (${String(shown.gates.length)})`), ...shown.gates.map((gate) => gateText(shown.id, gate, gateLook))]),
    ...(run.goals.length === 0 && usedLimits(run).length === 0 ? [] : [[ink.bold("Goals"), goalsText(run, look.width, ink)].join("\n")]),
    ...section("Decisions", decisionRows(run, look), look),
    ...section("Checks", report(run).checks.map(checkRow), look),
    noteLines(run, shown, look),
    nextStep(shown, ink),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function heading(shown: Shown, look: ShownLook): string {
  const { ink, width } = look;
  const state = ink[stateInk(shown.state)](ink.bold(STATE_TEXT[shown.state]));
  const sentence = visible(sentenceOf(shown));
  const share = cacheShareText(shown.tokens);
  const facts = [shown.stage, `started ${localMinute(shown.startedAt)}, ${ago(look.now - shown.startedAt)}`, count(shown.steps, "step"), `${duration(shown.workedMs)} of work`, dollars(shown.usd), ...(share === undefined ? [] : [share]), `owner ${visible(shown.owner)}`];
  const task = look.full ? wrap(visible(shown.task, { lines: true }), width) : [oneLine(shown.task, width)];
  return [...task.map(ink.bold), ...wrap(sentence, width).map((line, at) => (at === 0 ? line.replace(STATE_TEXT[shown.state], () => state) : line)), ...wrap(facts.join(" · "), width).map(ink.dim)].join("\n");
}

/** The state with its reason; where the reason says the state's own words again, they stand once. */
function sentenceOf({ state, why }: Shown): string {
  const text = STATE_TEXT[state];
  if (why === "") return text;
  return why.toLowerCase().startsWith(text.toLowerCase()) ? text + why.slice(text.length) : `${text}: ${why}`;
}

function section(title: string, rows: readonly (readonly Cell[])[], { ink, width }: ShownLook): string[] {
  return rows.length === 0 ? [] : [[ink.bold(title), ...table(rows, width, ink)].join("\n")];
}

const STATES: Readonly<Record<Decision["state"], string>> = { open: "in progress", kept: "no verdict yet", proposed: "no verdict yet", discarded: "tried and dropped", empty: "changed nothing", dropped: "fell with a rejection" };
const BANDS = { read: "read this", skim: "check this", routine: "routine" } as const;
const INKS: Readonly<Record<string, keyof Ink>> = { accept: "green", acknowledge: "green", reject: "red", dispute: "red" };

function decisionRows(run: Run, { full }: ShownLook): Cell[][] {
  const decisions = full ? run.decisions : run.decisions.slice(-DECISIONS);
  const rows = decisions.map((decision): Cell[] => {
    const { whole } = effectiveVerdict(decision);
    const stands = decision.state === "kept" || decision.state === "proposed";
    const ink = whole === undefined ? (stands ? "yellow" : "dim") : INKS[whole];
    const added = decision.files.reduce((sum, file) => sum + file.added, 0);
    const removed = decision.files.reduce((sum, file) => sum + file.removed, 0);
    return [
      { text: decision.id, ink: "bold" },
      { text: stands && whole !== undefined ? VERDICT_TEXT[whole] : STATES[decision.state], ...(ink === undefined ? {} : { ink }) },
      { text: stands ? BANDS[band(decision)] : "" },
      { text: decision.files.length === 0 ? "" : `+${String(added)} −${String(removed)}`, ink: "dim" },
      { text: `"${visible(decision.titleRevised ?? decision.reason.title)}"` },
    ];
  });
  const hidden = run.decisions.length - decisions.length;
  return hidden === 0 ? rows : [[{ text: `${count(hidden, "earlier decision")}: vigil review ${run.id}`, ink: "dim" }], ...rows];
}

const OUTCOMES = { green: "green", red: "red", unable: "could not run", "not run": "not run" } as const;

function checkRow(row: CheckRow): Cell[] {
  const on = row.on === null ? "" : `on ${row.on.decision ?? { base: "the base", decision: "a decision", landing: "what was to land", worktree: "the worktree" }[row.on.kind]}`;
  const facts = [row.required ? "required" : row.source === "plan" ? "from your plan" : "the agent's own check", on, row.on === null || row.fresh ? "" : "the files changed since"];
  return [{ text: OUTCOMES[row.outcome], ink: row.outcome === "green" ? "green" : "red" }, { text: facts.filter((fact) => fact !== "").join(", "), ink: "dim" }, { text: visible(row.command) }];
}

function noteLines(run: Run, shown: Shown, { ink, width, full }: ShownLook): string {
  const marked = (text: string): string[] => wrap(text, width - 2).map((line, at) => (at === 0 ? `${ink.yellow("!")} ${line}` : `  ${line}`));
  const lines = [
    ...run.unexplained.slice(0, full ? undefined : 5).flatMap((path) => marked(`No decision explains the change of ${visible(path)}.`)),
    ...run.violations.flatMap((found) => marked(`Taken out again, policy does not permit it: ${found.paths.map((path) => visible(path)).join(", ")} (${visible(found.rule)})`)),
    ...run.abandoned.flatMap((goal) => marked(`Goal ${visible(goal.goal)} was given up by ${goal.by === "agent" ? "the agent" : `a ${goal.by}`}: "${oneLine(goal.why, 200)}"${goal.smallestUnblock === undefined ? "" : ` What would unblock it: "${oneLine(goal.smallestUnblock, 200)}"`}`)),
    ...(run.spec.stopAdvice ?? []).flatMap((words) => marked(`From your plan, told to the agent and enforced by nothing, because it names no check and no amount: "${oneLine(words, 200)}"`)),
    ...hostLines(shown, full).flatMap(marked),
    ...boundaryLines(run).flatMap(marked),
    ...shown.overlaps.flatMap((overlap) => marked(overlapText(overlap))),
    ...shown.notices.flatMap((notice) => marked(visible(notice))),
  ];
  const landed = shown.landed === null ? [] : [`${ink.green("Landed")}   ${count(shown.landed.commits.length, "commit")} on ${visible(shown.landed.branch)}: git log ${visible(shown.landed.branch)}`];
  return [...lines, ...(lines.length === 0 ? [] : [""]), ...landed, ink.dim(`Files    ${visible(shown.worktree)}`), ...(shown.pid === null ? [] : [ink.dim(`Process  ${String(shown.pid)}`)])].join("\n");
}

function boundaryLines({ spec: { boundaries } }: Run): readonly string[] {
  if (boundaries === undefined) return [];
  const { enforced, advice } = boundaries;
  return [
    ...(enforced.length === 0 ? [] : [`Not to be touched, as you said, but after you allow exactly that: ${enforced.map((glob) => visible(glob)).join(", ")}`]),
    ...advice.map((words) => `Not to be touched, as you said; told to the agent and enforced by nothing, because it names no path: "${oneLine(words, 200)}". Write the path in backticks to have it enforced.`),
  ];
}

/** Hosts that one screen has room for. */
const HOSTS = 8;

function hostLines({ hosts }: Shown, full: boolean): readonly string[] {
  const named = (some: Shown["hosts"], why: boolean): string => {
    const names = some.slice(0, full ? undefined : HOSTS).map(({ host, port, count, refused }) => `${visible(host)}${port === 0 ? "" : `:${String(port)}`}${count === 1 ? "" : ` (${grouped(count)} times)`}${why && refused !== null ? `, ${visible(refused)}` : ""}`);
    return [...names, ...(some.length > names.length ? [`${String(some.length - names.length)} more`] : [])].join("; ");
  };
  const [reached, refused] = [hosts.filter((host) => host.refused === null), hosts.filter((host) => host.refused !== null)];
  return [...(reached.length === 0 ? [] : [`Hosts reached: ${named(reached, false)}`]), ...(refused.length === 0 ? [] : [`Hosts refused: ${named(refused, true)}`])];
}

function nextStep(shown: Shown, ink: Ink): string {
  const steps = nextCommands(shown);
  // As a shell takes them, and without columns: beside words of the agent no long gap may be ours.
  return steps.map(([command, meaning], at) => `${at === 0 ? ink.bold("Next") : "    "}  ${ink.cyan(command)}  # ${meaning}`).join("\n");
}

function nextCommands(shown: Shown): readonly (readonly [string, string])[] {
  const { id, asked } = shown;
  const next = nextAt(shown);
  return asked === 0 ? next : [...next, [`vigil resume ${id}`, `have the agent make the ${asked === 1 ? "change" : `${String(asked)} changes`} you asked for`]];
}

function nextAt({ id, state, gates, undecided, accepted }: Shown): readonly (readonly [string, string])[] {
  switch (state) {
    case "queued":
    case "preparing":
    case "working":
    case "outage":
      return [[`vigil resume ${id}`, "follow it here"], [`vigil stop ${id}`, "end it, keeping what it did"]];
    case "waiting":
      return gates.length > 0 ? [] : [[`vigil resume ${id}`, "follow it here"]];
    case "paused":
    case "interrupted":
      return [[`vigil resume ${id}`, "go on"], [`vigil review ${id}`, "what it did so far"]];
    case "ready":
    case "stopped":
    case "abandoned":
      return undecided > 0 ? [[`vigil diff ${id}`, "what changed, and why"], [`vigil review ${id}`, "your verdicts"]] : accepted > 0 ? [[`vigil land ${id}`, "put what was accepted on a branch"]] : [[`vigil remove ${id}`, "nothing was accepted: free its files"]];
    case "proposed":
      return [[`vigil diff ${id}`, "what it proposes"], [`vigil review ${id} --accept all`, "take it"], [`vigil adopt ${id}`, "make a run of what was accepted"]];
    case "landed":
      return [[`vigil report ${id}`, "the account of it"], [`vigil unland ${id}`, "take the landing back"]];
    case "failed":
      return [[`vigil timeline ${id}`, "what happened"], [`vigil resume ${id}`, "try to go on"]];
  }
}
