// Gives a goal up: what falls with it, what becomes of its changes, the account of it, and what the agent is told. Whoever
// gave it up (a rule, the agent, a person), it is the same.
import { fallsWith, isAbandoned, type Fallen } from "../../core/goals/fall.js";
import { firstOpen, goalNamed } from "../../core/goals/tree.js";
import type { EventOf, RunEvent } from "../../core/log/event.js";
import type { AbandonRule } from "../../core/log/goals.js";
import type { Decision, Receipt, Run } from "../../core/run/run.js";
import { replayOn } from "../../core/run/replay.js";
import { writesWorktree } from "../../core/stage.js";
import { cut, cutList } from "../cut.js";
import { endForAgent } from "../calls/end-decision.js";
import type { Site } from "../site.js";
import { takeOut, type TakenOut } from "./take-out.js";

export interface GivenUp {
  readonly goal: string;
  readonly by: "agent" | "rule" | "person";
  readonly rule?: AbandonRule;
  readonly why: string;
  readonly tried?: readonly string[];
  readonly smallestUnblock?: string | undefined;
}

export interface Abandoned {
  /** To be appended at once: the files are changed already. */
  readonly events: readonly RunEvent[];
  readonly lines: readonly string[];
}

const TRIED = 20;
const TRIED_WORDS = 500;
const WORDS = 2_000;

/** Call it only where no tool runs; the caller appends the events and opens the shop again. */
export async function giveUp(site: Site, given: GivenUp): Promise<Abandoned> {
  const { ledger } = site;
  await site.shop.close();
  const keeps = ledger.run.spec.policy.values.onAbandon === "keep";
  const withOpen = opensFor(ledger.run, given);
  // At read-only nothing is in the worktree that could be taken out: what is open is kept as a proposal.
  if (withOpen && (keeps || !writesWorktree(ledger.run.stage))) await endForAgent(site, "unchecked");
  const { run } = ledger;
  const fallen = fallsWith(run, given.goal);
  const goals = new Set(fallen.map(({ goal }) => goal));
  const because = `${nameOf(run, given.goal)} was given up: ${sentence(given.why)}`;
  const taken: TakenOut = keeps ? { events: [], takenOut: [], kept: ofGoals(run, goals).map((decision) => decision.id) } : await takeOut(site, goals, withOpen, because);
  const accounts = await Promise.all(fallen.map((one) => account(site, one, given, taken)));
  const events = [...taken.events, ...accounts];
  return { events, lines: tell(replayOn(run, events), run, given, fallen, taken) };
}

/**
 * Whether the decision that is open was made for what is given up: by its goal, or because a rule tripped over it and it
 * names no other. With no goals set, what was decided before stays for the reviewer, and only what is open goes.
 */
export function opensFor(run: Run, { goal, by }: Pick<GivenUp, "goal" | "by">): boolean {
  const open = run.decisions.find((decision) => decision.id === run.openDecision);
  if (open === undefined) return false;
  const its = goalNamed(run, open.reason.goal);
  return its === undefined ? by === "rule" : fallsWith(run, goal).some((one) => one.goal === its.id);
}

async function account(site: Site, { goal, rule, because }: Fallen, given: GivenUp, taken: TakenOut): Promise<EventOf<"goal.abandoned">> {
  const { run } = site.ledger;
  const theirs = new Set(ofGoals(run, new Set([goal])).map((decision) => decision.id));
  // What was open belongs to the goal that was given up, whatever it named.
  const isTheirs = (id: string): boolean => theirs.has(id) || (rule === undefined && id === run.openDecision);
  const own = rule === undefined;
  const why = own ? given.why : rule === "part" ? `Its required part ${because} was given up.` : `The goal above it, ${because}, was given up, and the plan says to stop then.`;
  const tried = own && given.tried !== undefined ? given.tried : await triedFor(site, goal, theirs);
  const unblock = own ? given.smallestUnblock : `See ${because}.`;
  const [out, kept] = [taken.takenOut.filter(isTheirs), taken.kept.filter(isTheirs)];
  return {
    kind: "goal.abandoned",
    goal,
    by: own ? given.by : "rule",
    ...(own ? (given.rule === undefined ? {} : { rule: given.rule }) : { rule }),
    why: cut(why, WORDS),
    tried: cutList(tried, TRIED, TRIED_WORDS),
    ...(unblock === undefined ? {} : { smallestUnblock: cut(unblock, WORDS) }),
    ...(out.length === 0 ? {} : { takenOut: out }),
    ...(kept.length === 0 ? {} : { kept }),
  };
}

/** The decisions for it and how they ended, and what its check said last. */
async function triedFor(site: Site, goal: string, decisions: ReadonlySet<string>): Promise<readonly string[]> {
  const { run } = site.ledger;
  const tried = run.decisions
    .filter((decision) => decisions.has(decision.id) || (decision.reason.goal === goal && decision.state === "discarded"))
    .map((decision) => `${decision.id} "${decision.titleRevised ?? decision.reason.title}": ${decision.outcomeText ?? (decision.state === "open" ? "not ended" : decision.reason.why)}`);
  const red = run.receipts.findLast((receipt) => receipt.goal === goal && receipt.outcome === "red");
  return red === undefined ? tried : [...tried, `check "${red.command}" last said: ${await lastLine(site, red)}`];
}

async function lastLine(site: Site, receipt: Receipt): Promise<string> {
  const lines = (await site.ledger.text(receipt.output)).split("\n").filter((line) => line.trim() !== "");
  return site.ledger.line(lines.at(-1) ?? `nothing (exit ${String(receipt.exit)})`);
}

function ofGoals(run: Run, goals: ReadonlySet<string>): readonly Decision[] {
  return run.decisions.filter((decision) => goals.has(decision.reason.goal ?? "") && (decision.state === "kept" || decision.state === "open" || decision.state === "proposed"));
}

function nameOf(run: Run, id: string): string {
  const goal = goalNamed(run, id);
  return goal === undefined ? "The task" : `Goal ${id} ("${goal.title}")`;
}

function sentence(text: string): string {
  return /[.!?]$/u.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** `after`: the run once all of it is in the log. */
function tell(after: Run, run: Run, given: GivenUp, fallen: readonly Fallen[], { takenOut, kept }: TakenOut): readonly string[] {
  const others = fallen.slice(1).map(({ goal }) => goal);
  const next = firstOpen(after);
  const by = given.by === "rule" ? `is given up by rule (${given.rule ?? "policy"})` : given.by === "person" ? "was given up by a person" : "is given up, and the reason is on record";
  return [
    `${nameOf(run, given.goal)} ${by}${given.by === "agent" ? "." : `: ${sentence(given.why)}`}`,
    ...(others.length === 0 ? [] : [`With it fell ${others.join(", ")}.`]),
    ...(takenOut.length === 0 ? [] : [`Its changes were taken out (${takenOut.join(", ")}).`]),
    ...(kept.length === 0 ? [] : [`These stay: ${kept.join(", ")}.`]),
    ...(given.by === "agent" ? [] : ["Do not try it again, under this name or another."]),
    next !== undefined
      ? `Go on with goal ${next.id} ("${next.title}").`
      : isAbandoned(after)
        ? "Nothing is left to do in this run: call finish now with your account of it. Any other call ends the run."
        : "No goal is open any more: call finish, or set further goals that the task needs.",
  ];
}
