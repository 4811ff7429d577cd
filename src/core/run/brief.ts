// What the agent must not lose when its conversation begins anew, computed from the run's state alone: never from the
// model's own summary, and never shortened where a person or a rule said it. What changes most stands last.
import { effectiveVerdict } from "../review/verdict.js";
import { goalRows, goalStanding } from "../goals/view.js";
import type { PolicyValues } from "../policy/schema.js";
import type { Stage } from "../stage.js";
import { count, duration, money } from "./amounts.js";
import type { Decision, Gate, Run } from "./run.js";

/** Text for the model, in sections. `steering`: every instruction that people sent during the run, verbatim, in order. */
export function brief(run: Run, texts: { readonly steering: readonly string[] }): string {
  const sections: (readonly [heading: string, lines: readonly string[]])[] = [
    ["Task", [run.spec.task]],
    ["The person's plan, word for word. It outranks your own goals.", run.spec.plan === undefined ? [] : [run.spec.plan]],
    [`Stage: ${run.stage}`, [STAGE_MEANS[run.stage]]],
    ["Rules in force", rules(run.spec.policy.values)],
    ["What the person said must not be touched", boundaryLines(run)],
    ["What this run does not have", bullets(run.spec.notices)],
    ["What people told you during the run, word for word. It still holds.", texts.steering.map((text, index) => `${String(index + 1)}. ${text}`)],
    ["Goals", goalLines(run)],
    ["Decisions so far", decisionLines(run)],
    ["What was tried and failed", failedLines(run)],
    ["Permissions you have", bullets(run.permissions.map((one) => `${one.type} ${one.target}, ${one.decision === undefined ? "for the run" : `until ${one.decision} ends`}`))],
    ["Questions that wait for a person. Go on with what does not depend on them.", bullets(run.gates.filter(isWaiting).map(gateLine))],
    ["Notes from the supervisor", bullets(run.notes)],
    ["Where the run stands now", standing(run)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `# ${heading}\n${lines.join("\n")}\n`)
    .join("\n");
}

const STAGE_MEANS: Readonly<Record<Stage, string>> = {
  "read-only": "You look and propose. What a decision changes is kept as a proposal when it ends; the worktree itself stays as it is.",
  "gated-write": "You change files inside decisions. A person approves each decision; you may go on meanwhile, and a rejection takes out what was built on it.",
  "bounded-write": "You change files inside decisions and inside the scope. Anything outside the scope, or protected, needs an approval.",
  "autonomous-with-summary": "You change files inside decisions, anywhere but protected paths. What you did is landed and reported, so the reasons you give must stand alone.",
};

type Limit = Extract<keyof PolicyValues, `limits.${string}`>;

function rules(values: PolicyValues): string[] {
  const limit = (key: Limit, unit: string): string[] => (values[key] === undefined ? [] : [`At most ${String(values[key])} ${unit}.`]);
  const globs = (said: string, list: readonly string[] | undefined): string[] => (list === undefined || list.length === 0 ? [] : [`${said}: ${list.join(", ")}.`]);
  return bullets([
    ...globs("Checks that must be green before anything lands", values.requiredChecks),
    ...globs("Scope, where a bounded-write run may change files without asking", values.scope),
    ...globs("Protected, changed only after an approval of exactly that", values.protected),
    ...globs("Hidden, you cannot read these", values.hidden),
    ...values.paths.map((rule) => `${rule.glob} is ${rule.stage}${rule.reason === undefined ? "" : `: ${rule.reason}`}.`),
    ...values.commands.filter((rule) => rule.decision !== "allow").map((rule) => `Command "${rule.match}": ${rule.decision}${rule.reason === undefined ? "" : `, ${rule.reason}`}.`),
    ...limit("limits.usd", "US dollars"),
    ...limit("limits.tokens", "tokens"),
    ...limit("limits.hours", "hours of work"),
    ...limit("limits.steps", "tool calls"),
    ...limit("limits.files", "changed files"),
    ...limit("limits.lines", "changed lines"),
    ...limit("limits.gates", "approvals asked for"),
    `A goal counts as stuck after ${count(values["abandon.attempts"], "failed attempt")}.`,
  ]);
}

function boundaryLines({ spec: { boundaries } }: Run): string[] {
  if (boundaries === undefined) return [];
  return bullets([...boundaries.enforced.map((glob) => `${glob}: only after an approval of exactly that.`), ...boundaries.advice.map((words) => `${words} (Nothing enforces this one: keep to it yourself.)`)]);
}

function goalLines(run: Run): string[] {
  return goalRows(run).map((goal) => {
    const parts = [
      goal.required ? "required" : "",
      goal.by === "person" ? "written by the person" : "",
      goal.parent === null ? "" : `part of ${goal.parent}`,
      goal.state === "abandoned" ? "GIVEN UP, and it stays so" : goalStanding(goal),
      goal.doneWhen === null ? "" : `done when "${goal.doneWhen}" is green`,
    ].filter((part) => part !== "");
    return `- ${goal.id}: ${goal.title}${parts.length === 0 ? "" : ` (${parts.join("; ")})`}`;
  });
}

/** Older decisions that nobody objected to are named without their reason: their files hold the result. */
const IN_FULL = 30;

function decisionLines(run: Run): string[] {
  return run.decisions
    .filter((decision) => decision.state !== "discarded")
    .flatMap((decision) => {
      const { whole } = effectiveVerdict(decision);
      const said = commentsOn(decision);
      const objected = decision.state === "dropped" || whole === "reject" || whole === "change" || whole === "mixed";
      const state = { open: "open", kept: "kept", proposed: "proposed", empty: "changed nothing", dropped: "TAKEN OUT after a rejection", discarded: "" }[decision.state];
      const head = `- ${decision.id} [${state}${whole === undefined ? "" : `; verdict: ${whole}`}] ${decision.titleRevised ?? decision.reason.title}`;
      if (decision.n <= run.decisions.length - IN_FULL && !objected && said.length === 0) return [head];
      const files = decision.files.map((file) => file.path);
      return [
        head,
        `  why: ${short(decision.whyRevised ?? decision.reason.why)}`,
        ...(files.length === 0 ? [] : [`  files: ${files.slice(0, 15).join(", ")}${files.length > 15 ? ` and ${String(files.length - 15)} more` : ""}`]),
        ...said,
      ];
    });
}

/** What people said with their verdicts, word for word. */
function commentsOn(decision: Decision): string[] {
  return Object.entries(decision.verdicts)
    .filter(([, verdict]) => verdict.verdict === "reject" || verdict.verdict === "change" || verdict.comment !== undefined)
    .map(([target, { verdict, comment, by }]) => `  ${by.kind === "person" ? by.person.name : "policy"} on ${target}: ${verdict}${comment === undefined ? "" : `: "${comment}"`}`);
}

function failedLines(run: Run): string[] {
  const discarded = run.decisions.filter((decision) => decision.state === "discarded").map((decision) => `${decision.id} "${decision.reason.title}", tried and dropped: ${short(decision.outcomeText ?? decision.reason.why)}`);
  const abandoned = run.abandoned.map((goal) => `goal ${goal.goal}, abandoned by ${goal.by}: ${goal.why}${goal.tried.length === 0 ? "" : ` Tried: ${goal.tried.join("; ")}.`}`);
  const checks = latestChecks(run)
    .filter((receipt) => receipt.outcome !== "green")
    .map((receipt) => `check "${receipt.command}" ${receipt.outcome === "red" ? "is red" : `could not run${receipt.why === undefined ? "" : ` (${receipt.why})`}`} on ${receipt.on.decision ?? `the ${receipt.on.kind}`}`);
  const violations = run.violations.map((found) => `${found.paths.join(", ")}: changed without permission and put back (${found.rule})`);
  const denied = run.gates.flatMap((gate) => {
    if (gate.state.kind === "expired") return [`${gateLine(gate)} Nobody answered; take it as denied.`];
    return gate.state.kind === "answered" && gate.state.answer === "deny" ? [`${gateLine(gate)} Denied by ${gate.state.by.name}${gate.state.comment === undefined ? "." : `: "${gate.state.comment}"`}`] : [];
  });
  const refused = new Set(run.steps.filter((step) => step.outcome === "denied").map((step) => `${step.tool} ${step.about}: refused by ${step.verdict.rule}`));
  return bullets([...discarded, ...abandoned, ...checks, ...violations, ...denied, ...[...refused].slice(-REFUSALS)]);
}

/** The newest refusals that are named; each stands in the log. */
const REFUSALS = 20;

function latestChecks(run: Run): Run["receipts"] {
  return run.receipts.filter((receipt, index) => run.receipts.findLastIndex((other) => other.command === receipt.command) === index);
}

function isWaiting(gate: Gate): boolean {
  return gate.state.kind === "open" || gate.state.kind === "parked";
}

function gateLine(gate: Gate): string {
  return `${gate.id} (${gate.type}) ${gate.target}: ${gate.why}${/[.!?]$/u.test(gate.why) ? "" : "."}`;
}

function standing(run: Run): string[] {
  const { spent } = run;
  const values = run.spec.policy.values;
  const of = (limit: number | undefined, unit: string): string => (limit === undefined ? "" : ` of ${String(limit)}${unit}`);
  const open = run.decisions.find((decision) => decision.id === run.openDecision);
  return bullets([
    open === undefined ? "No decision is open: what you write now is thrown away until you call begin_decision." : `Decision ${open.id} "${open.reason.title}" is open; what you write belongs to it. End it with end_decision.`,
    `Spent: ${money(spent)}${of(values["limits.usd"], " dollars")}; ${duration(spent.workedMs)} of work${of(values["limits.hours"], " hours")}; ${count(spent.steps, "tool call")}${of(values["limits.steps"], "")}; ${count(spent.gates, "approval")}${of(values["limits.gates"], "")} asked for.`,
  ]);
}

/** The agent's own words, which it can find again in the log's account; people's words are never cut. */
function short(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

const LONGEST = 400;

function bullets(lines: readonly string[]): string[] {
  return lines.map((line) => `- ${line}`);
}
