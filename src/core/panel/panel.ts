// What the timeline panel shows of a run, as one value: computed where the run is, drawn where it is looked at. Facts and
// the agent's words stand in fields of their own; nothing here is markup, and every text that somebody else wrote has
// passed the one sink for screens.
import { changesAsked } from "../review/asked.js";
import { bandWithReason } from "../review/band.js";
import type { DiffSet } from "../review/diff-set.js";
import type { Overlap } from "../review/overlap.js";
import { overlapText } from "../review/overlap-text.js";
import { report } from "../review/report.js";
import { reportSections, type Section } from "../review/report-document.js";
import type { Line, Span } from "../review/report-line.js";
import { lastGiven } from "../review/undo.js";
import { effectiveVerdict, selection, undecided, type EffectiveVerdict } from "../review/verdict.js";
import type { GateKind, VerdictKind } from "../log/parts.js";
import { count, duration, grouped, money } from "../run/amounts.js";
import { momentText } from "../run/moment-text.js";
import type { Moment } from "../run/moments.js";
import { phaseSentence } from "../run/phase-text.js";
import type { Decision, DecisionId, GateId, Run, RunId } from "../run/run.js";
import { binOf, stepDigest } from "../run/step-digest.js";
import { timeline, type TimelineDecision } from "../run/timeline.js";
import { visible } from "../text/visible.js";
import type { Band } from "../review/band.js";
import { chapters, limits, type Chapter, type PanelLimit } from "./chapters.js";
import { strip, type Strip } from "./strip.js";

export type PanelVerdict = NonNullable<EffectiveVerdict["whole"]>;

export interface PanelFile {
  /** Names the file in a message; on the screen stands `shown`. */
  readonly path: string;
  readonly shown: string;
  readonly status: TimelineDecision["files"][number]["status"];
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
  readonly verdict: PanelVerdict | null;
}

/** A fact beside a decision; `bad` must catch the eye, and says so in its text as well. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  /** The words are the agent's. */
  readonly quoted: boolean;
  readonly bad: boolean;
}

export interface PanelDecision {
  readonly id: DecisionId;
  readonly n: number;
  readonly title: string;
  readonly state: Decision["state"];
  readonly band: Band;
  /** Why it stands in that band, from facts. */
  readonly because: string;
  readonly goal: string | null;
  readonly added: number;
  readonly removed: number;
  readonly files: readonly PanelFile[];
  readonly facts: readonly Fact[];
  readonly steps: readonly [number, number];
  /** The first and last bin of the strip that its steps fall into. */
  readonly bins: readonly [number, number];
  readonly work: string;
  readonly verdict: PanelVerdict | null;
  readonly comment: string | null;
  /** A verdict can be given on it. */
  readonly open: boolean;
}

export interface PanelGate {
  readonly id: GateId;
  readonly type: GateKind;
  readonly target: string;
  readonly why: string;
  /** Exactly what an answer is about; null where its text is gone. */
  readonly shown: string | null;
  readonly ifDenied: string | null;
  readonly options: readonly string[];
  readonly digest: string;
  readonly raisedAt: number;
  readonly decision: DecisionId | null;
  readonly parked: boolean;
}


export interface Group {
  readonly kind: Band | "dropped";
  readonly heading: string;
  readonly decisions: readonly DecisionId[];
}

export interface Panel {
  readonly run: RunId;
  readonly task: string;
  readonly headline: string;
  /** The model's words come from a script, and every reader must know it. */
  readonly scripted: boolean;
  readonly facts: readonly string[];
  /** How much of the change has a reason; null until the diff set is known. */
  readonly coverage: string | null;
  readonly unexplained: readonly string[];
  readonly counts: { readonly decisions: number; readonly undecided: number; readonly accepted: number; readonly rejected: number; readonly steps: number };
  readonly strip: Strip;
  readonly report: readonly Section[];
  readonly chapters: readonly Chapter[];
  /** How much of each limit is used. */
  readonly limits: readonly PanelLimit[];
  readonly groups: readonly Group[];
  /** In the order of the run. */
  readonly decisions: readonly PanelDecision[];
  /** What happened outside decisions and must not be overlooked, in order. */
  readonly events: readonly string[];
  readonly gates: readonly PanelGate[];
  readonly can: { readonly resume: boolean; readonly rework: number; readonly land: boolean; readonly unland: boolean; readonly undo: boolean; readonly adopt: boolean; readonly review: boolean; readonly raise: boolean };
}

export interface PanelInput {
  readonly run: Run;
  readonly diff: DiffSet | undefined;
  /** Texts that the log holds as blobs. */
  readonly summary: string | undefined;
  readonly shown: ReadonlyMap<GateId, string | null>;
  /** Somebody may act on it: the workspace is trusted, and the run's files are there. */
  readonly trusted: boolean;
  readonly scripted: boolean;
  /** No process works on it although it has not ended. */
  readonly interrupted: boolean;
  /** Files that other runs have changed too. */
  readonly overlaps?: readonly Overlap[];
  /** Why the record can be read no further than this; nothing can be done with the run then. */
  readonly damaged?: string;
}

const HEADINGS: Readonly<Record<Group["kind"], string>> = { read: "Read these", skim: "Check these", routine: "Routine", dropped: "Tried and dropped" };

export function panel({ run, diff, summary, shown, trusted: isTrusted, scripted, interrupted, overlaps = [], damaged }: PanelInput): Panel {
  const trusted = isTrusted && damaged === undefined;
  const digest = stepDigest(run);
  const told = timeline(run, { digest });
  const changing = told.decisions.filter((decision) => decision.state !== "empty");
  const byId = new Map(run.decisions.map((decision) => [decision.id, decision]));
  const activity = strip(run, digest);
  const binsOf = ([from, to]: readonly [number, number]) => [binOf(from, activity.steps, activity.bins.length), binOf(to, activity.steps, activity.bins.length)] as const;
  const decisions = changing.map((decision) => ({ ...decisionOf(decision, byId.get(decision.id), told.moments, trusted), bins: binsOf(decision.steps) }));
  const whole = (kind: PanelVerdict): number => decisions.filter((decision) => decision.verdict === kind).length;
  const accepted = selection(run);
  const landed = run.landing?.state === "landed";
  return {
    run: run.id,
    task: visible(run.spec.task, { lines: true }),
    headline: damaged !== undefined ? visible(`What its record tells up to where it is damaged. ${damaged}`) : landed ? `Landed on ${visible(run.landing?.intended.branch ?? "its branch")}` : interrupted ? "Interrupted: its process is gone. Nothing is lost, and nothing goes on by itself." : visible(phaseSentence(run.phase)),
    scripted,
    facts: factsOf(run),
    coverage: diff === undefined || diff.lines === 0 ? null : coverageText(changing.filter(stands).length, diff),
    unexplained: (diff === undefined ? run.unexplained : diff.files.filter((file) => file.unexplained).map((file) => file.path)).map((path) => visible(path)),
    counts: { decisions: changing.length, undecided: undecided(run).length, accepted: whole("accept"), rejected: whole("reject"), steps: digest.count },
    strip: activity,
    report: reportSections(report(run, diff, { summary }, told)).map(visibleSection),
    chapters: chapters(run, decisions, trusted),
    limits: limits(run),
    groups: groupsOf(decisions),
    decisions,
    events: [...overlaps.map(overlapText), ...told.moments.filter((moment) => isOutside(moment)).map(momentText)],
    gates: run.gates.flatMap((gate) =>
      gate.state.kind !== "open" && gate.state.kind !== "parked"
        ? []
        : [{ id: gate.id, type: gate.type, target: visible(gate.target), why: seen(gate.why), shown: seenOrNull(shown.get(gate.id)), ifDenied: seenOrNull(gate.ifDenied), options: gate.options.map((option) => visible(option)), digest: gate.digest, raisedAt: gate.raisedAt, decision: gate.decision ?? null, parked: gate.state.kind === "parked" }],
    ),
    can: {
      resume: trusted && (interrupted || run.phase.kind === "paused"),
      rework: trusted ? changesAsked(run).length : 0,
      land: trusted && !landed && run.phase.kind === "ended" && accepted.some(({ decision }) => decision.state === "kept"),
      unland: trusted && landed,
      undo: trusted && lastGiven(run) !== undefined,
      adopt: trusted && run.phase.kind === "ended" && accepted.some(({ decision }) => decision.state === "proposed"),
      review: trusted && !landed,
      raise: trusted && (run.phase.kind !== "ended" || run.phase.outcome === "stopped"),
    },
  };
}

function coverageText(decisions: number, { explained, lines }: DiffSet): string {
  return `${count(decisions, "decision")} ${decisions === 1 ? "explains" : "explain"} ${grouped(explained)} of ${count(lines, "changed line")}`;
}

function factsOf(run: Run): readonly string[] {
  const stage = run.stage === run.spec.stage ? run.stage : `${run.stage}, lowered from ${run.spec.stage}`;
  return [stage, `${duration(run.spent.workedMs)} of work`, money(run.spent), visible(run.spec.model.name)];
}

/** A text of several lines, with nothing in it that could steer a screen. */
function seen(text: string): string {
  return visible(text, { lines: true });
}

function seenOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : seen(text);
}

function visibleSection({ heading, lines }: Section): Section {
  return { heading, lines: lines.map(visibleLine) };
}

function visibleLine({ spans, below }: Line): Line {
  const shown = spans.map((span): Span => (typeof span === "string" ? seen(span) : "quote" in span ? { quote: seen(span.quote) } : { code: visible(span.code) }));
  return below === undefined ? { spans: shown } : { spans: shown, below: below.map(visibleLine) };
}

function stands(decision: Pick<TimelineDecision, "state">): boolean {
  return decision.state === "kept" || decision.state === "proposed" || decision.state === "open";
}

function decisionOf(told: TimelineDecision, decision: Decision | undefined, moments: readonly Moment[], trusted: boolean): Omit<PanelDecision, "bins"> {
  const files = new Map(decision === undefined ? [] : effectiveVerdict(decision).files.map((file) => [file.path, file] as const));
  return {
    id: told.id,
    n: told.n,
    title: visible(told.title),
    state: told.state,
    band: told.band,
    because: decision === undefined ? "" : bandWithReason(decision).because,
    goal: told.goal,
    added: told.added,
    removed: told.removed,
    files: told.files.map(({ path, status, added, removed, binary }) => ({ path, shown: visible(path), status, added, removed, binary, verdict: fileVerdict(files.get(path)) })),
    facts: decisionFacts(told, moments),
    steps: told.steps,
    work: told.work,
    verdict: told.verdict,
    comment: seenOrNull(told.comment),
    open: trusted && (told.state === "kept" || told.state === "proposed"),
  };
}

function fileVerdict(file: EffectiveVerdict["files"][number] | undefined): PanelVerdict | null {
  if (file === undefined) return null;
  const kinds = new Set<VerdictKind | undefined>([file.verdict?.verdict, ...file.hunks.map((hunk) => hunk.verdict.verdict)]);
  return kinds.size > 1 ? "mixed" : (file.verdict?.verdict ?? null);
}

const STANDING = { proven: "proven by a check", red: "its check is RED", unable: "its check could not run", unproven: "UNPROVEN: no check of it ran on what the decision left" } as const;
const OUTCOMES = { green: "green", red: "RED", unable: "COULD NOT RUN" } as const;

/** The evidence first: what ran on it, what the agent claims of it, what went wrong in it. */
function decisionFacts(told: TimelineDecision, moments: readonly Moment[]): readonly Fact[] {
  const fact = (label: string, text: string, more: Partial<Fact> = {}): Fact => ({ label, text: seen(text), quoted: false, bad: false, ...more });
  const quote = (label: string, text: string): Fact => fact(label, text, { quoted: true });
  const checks = told.receipts.map((receipt) => fact("Check result", `${receipt.command}: ${OUTCOMES[receipt.outcome]}${receipt.source === "claim" ? " (the agent's own check)" : ""}`, { bad: receipt.outcome !== "green" }));
  return [
    quote("Why", told.why),
    ...(told.first === null ? [] : [quote("At first", `${told.first.title}: ${told.first.why}`)]),
    ...told.insteadOf.map((other) => quote("Instead of", `${other.option}: ${other.whyNot}`)),
    ...(checks.length === 0 ? [fact("Check result", "No check ran on it.", { bad: stands(told) })] : checks),
    ...told.claims.map((claim) => fact("Claim", `"${claim.claim}" (${claim.command}): ${STANDING[claim.standing]}`, { bad: claim.standing !== "proven" })),
    ...(told.undo === null || told.undo === "easy" ? [] : [fact("Undo", `The agent calls it ${told.undo} to undo.`, { bad: true })]),
    ...moments.flatMap((moment) => ("decision" in moment && moment.kind !== "decision" && moment.decision === told.id ? [fact("Also", momentText(moment), { bad: moment.kind !== "check" || moment.outcome !== "green" })] : [])),
    ...(told.endedBy === "supervisor" ? [fact("Ended", "By the supervisor, without a claim of the agent's.", { bad: true })] : []),
    ...(told.heldTo === null ? [] : [fact("Held to", told.heldTo)]),
    ...(told.outcome === null ? [] : [quote("Outcome", told.outcome)]),
    ...(told.comment === null ? [] : [fact("Said", told.comment)]),
  ];
}

function isOutside(moment: Moment): boolean {
  if (moment.kind === "work" || moment.kind === "decision") return false;
  return !("decision" in moment) || moment.decision === null;
}

function groupsOf(decisions: readonly PanelDecision[]): readonly Group[] {
  const kindOf = (decision: PanelDecision): Group["kind"] => (stands(decision) ? decision.band : "dropped");
  return (["read", "skim", "routine", "dropped"] as const).flatMap((kind) => {
    const members = decisions.filter((decision) => kindOf(decision) === kind).toSorted((one, other) => size(other) - size(one) || one.n - other.n);
    return members.length === 0 ? [] : [{ kind, heading: HEADINGS[kind], decisions: members.map((decision) => decision.id) }];
  });
}

function size(decision: PanelDecision): number {
  return decision.added + decision.removed;
}
