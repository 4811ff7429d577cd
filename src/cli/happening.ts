// The events a person cares about while a run works, each as a line. Single steps are not among them; failures, denials,
// answers and the end always are; a question is more than a line and has `gate-text.ts`.
import type { LoggedEvent } from "../core/log/event.js";
import type { Decision, Run } from "../core/run/run.js";
import { LIMIT_NAMES, limitText } from "../core/run/limit-text.js";
import { oneLine } from "../core/text/one-line.js";
import { count } from "../core/run/amounts.js";
import { localMinute } from "./amounts.js";
import type { Ink } from "./ink.js";

const WIDTH = 160;

/** For what Vigil says itself: cut at a quotation's width, such a sentence would lose its remedy, which comes last. */
const SENTENCES = 1_200;

/** Undefined for what a person need not see now. The line is safe for a terminal. */
export function happening(event: LoggedEvent, run: Run, speaker = "the agent"): string | undefined {
  switch (event.kind) {
    case "run.started":
      return [`Started at ${event.spec.stage}: ${whole(event.spec.stageWhy)}`, ...event.spec.notices.map((notice) => `Note: ${whole(notice)}`)].join("\n");
    case "worktree.created":
      return `The worktree is ready: ${short(event.path)}`;
    case "setup.finished":
      return event.exit === 0 ? undefined : `The set-up command failed (exit ${String(event.exit)}): ${short(event.command)}`;
    case "decision.ended": {
      const decision = run.decisions.find((one) => one.id === event.decision);
      return decision === undefined ? undefined : decisionLine(decision, speaker);
    }
    case "decision.dropped":
      return `Dropped ${event.decisions.join(", ")}: ${short(event.because)}`;
    case "check.finished":
      return event.outcome === "green" ? undefined : `Check ${event.outcome === "red" ? "red" : "could not run"}: ${short(event.command)}${event.why === undefined ? "" : ` (${short(event.why)})`}`;
    case "violation.found":
      return `Taken out again, policy does not permit it: ${short(event.paths.join(", "))} (${short(event.rule)})`;
    case "step.finished": {
      const step = event.outcome === "denied" ? run.steps.find((one) => one.step === event.step) : undefined;
      return step === undefined ? undefined : `Refused: ${step.tool} ${short(step.about)} (${short(step.verdict.rule)})`;
    }
    case "goal.abandoned":
      return `Goal ${short(event.goal)} given up by ${event.by === "agent" ? (speaker === "the agent" ? speaker : `the agent (${speaker})`) : `a ${event.by}`}: "${short(event.why)}"`;
    case "goals.set":
      return `Goals set by the ${event.by}: ${event.goals.map((goal) => `${short(goal.id)} "${short(goal.title)}"`).join(", ")}`;
    case "boundary.stated":
      return [...(event.enforced.length === 0 ? [] : [`Not to be touched, enforced from now on: ${whole(event.enforced.join(", "))}`]), ...event.advice.map((words) => `Not to be touched, told to the agent and enforced by nothing: "${short(words)}". Write the path in backticks to have it enforced.`)].join("\n");
    case "goal.reached":
      return `Goal ${short(event.goal)} is reached: its check is green.`;
    case "goal.warned":
      return `Near to giving goal ${short(event.goal)} up (${event.rule}): ${whole(event.text)}`;
    case "goal.waived":
      return `Goal ${short(event.goal)} is not given up by rule any more, says ${short(event.by.name)}.`;
    case "limit.neared":
      return `${event.mark === "reserve" ? "Wrapping up" : "Limit near"}: ${limitText(event)} used.`;
    case "limit.raised":
      return `Limit raised by ${short(event.by.name)}: ${String(event.to)} ${LIMIT_NAMES[event.limit]}.`;
    case "gate.reopened":
      return `${event.gate} is asked once more: nothing else is left to do.`;
    case "gate.answered":
      return `${event.gate}: ${event.answer === "allow" ? "allowed" : "denied"} by ${short(event.by.name)}`;
    case "gate.parked":
    case "gate.expired":
      return `${event.gate} ${event.kind === "gate.parked" ? "skipped for now" : "expired"}: ${whole(event.why)}`;
    case "turn.waiting":
      return event.attempt === 1 ? `The model does not answer: ${whole(event.why)} The run waits and tries again; nothing is lost.` : undefined;
    case "policy.narrowed":
      return `The policy is stricter now: ${short(event.why)}`;
    case "stage.lowered":
      return `The stage is ${event.to} now: ${whole(event.why)}`;
    case "run.queued":
      return event.until === undefined ? `Queued: ${whole(event.why)}` : `Waiting for its time, ${localMinute(event.until)}: ${whole(event.why)}`;
    case "run.dequeued":
      return "It is this run's turn now.";
    case "run.paused":
      return `Paused: ${whole(event.why)}`;
    case "note.added":
      return `Note: ${whole(event.text)}`;
    case "landing.finished":
      return `Landed on ${short(event.branch)}.`;
    case "landing.stopped":
      return `Nothing landed (${event.outcome}): ${whole(event.why)}`;
    case "run.ended":
      return `Ended (${event.outcome}): ${whole(event.why)}`;
    default:
      return undefined;
  }
}

/** One decision as a line: its files and lines as facts, its reason as the agent's words. */
export function decisionLine(decision: Decision, speaker = "the agent"): string {
  const added = decision.files.reduce((sum, file) => sum + file.added, 0);
  const removed = decision.files.reduce((sum, file) => sum + file.removed, 0);
  const facts = decision.files.length === 0 ? "no files" : `${count(decision.files.length, "file")}, +${String(added)} −${String(removed)}`;
  const state = decision.state === "kept" ? "" : ` ${decision.state}`;
  return `${decision.id}${state}: "${short(decision.titleRevised ?? decision.reason.title)}" (${facts})\n  ${speaker}: "${short(decision.whyRevised ?? decision.reason.why)}"`;
}

/** Colours over such a line, by the word of Vigil's own that begins it. */
export function inHappening(line: string, ink: Ink): string {
  if (/^d\d+\b/u.test(line)) return line.replace(/^d\d+/u, (id) => ink.cyan(ink.bold(id))).replace(/^ {2}[^"\n]+: (?=")/mu, (label) => ink.dim(label));
  if (/^(?:Check |Refused|Taken out|Nothing landed|Dropped|The set-up command failed|The model does not answer|Goal )/u.test(line)) return line.replace(/^[^:(]+/u, (label) => ink.red(label));
  if (/^(?:Ended|Landed) /u.test(line)) return line.replace(/^[^:.]+/u, (label) => ink.bold(label));
  return line.replace(/^(?:Started at [a-z-]+|Note|The worktree is ready)/gmu, (label) => ink.dim(label));
}

function short(text: string): string {
  return oneLine(text, WIDTH);
}

function whole(text: string): string {
  return oneLine(text, SENTENCES);
}
