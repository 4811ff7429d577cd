// What people's verdicts add up to: for each decision, file and hunk what holds, what may land, what is still open.
// A doubt never counts as a yes: only what somebody accepted, and nobody took back, is ever selected.
import type { Basis, Person, VerdictKind } from "../log/parts.js";
import type { Decision, Run, Verdict } from "../run/run.js";
import type { FilePart } from "./hunks.js";
import { targetIn } from "./target.js";

export interface FileVerdict {
  readonly path: string;
  /** What holds for the file where its hunks have no verdict of their own. */
  readonly verdict: Verdict | undefined;
  /** Hunks with a verdict of their own that holds, by number. */
  readonly hunks: readonly { readonly hunk: number; readonly verdict: Verdict }[];
}

export interface EffectiveVerdict {
  /** What all parts have in common; `mixed` where they differ; undefined while no part has a verdict. */
  readonly whole: VerdictKind | "mixed" | undefined;
  /** The verdict given on the decision itself. */
  readonly own: Verdict | undefined;
  readonly files: readonly FileVerdict[];
}

/**
 * The most specific verdict holds: a hunk's over its file's, a file's over its decision's, whichever came first. One
 * exception keeps a no a no: a later rejection, or any other verdict that is not an acceptance, of the larger thing
 * takes back what had been accepted inside it.
 */
export function effectiveVerdict(decision: Decision): EffectiveVerdict {
  const given = Object.entries(decision.verdicts).flatMap(([id, verdict]) => {
    const target = targetIn(decision, id);
    return target === undefined ? [] : [{ target, verdict }];
  });
  const own = given.find(({ target }) => target.kind === "decision")?.verdict;
  const files = decision.files.map(({ path }): FileVerdict => {
    const inFile = given.filter(({ target }) => target.kind !== "decision" && target.path === path);
    const verdict = narrowed(own, inFile.find(({ target }) => target.kind === "file")?.verdict);
    const hunks = inFile.flatMap(({ target, verdict: hunkVerdict }) => {
      if (target.kind !== "hunk") return [];
      const holds = narrowed(verdict, hunkVerdict);
      return holds === undefined || holds === verdict ? [] : [{ hunk: target.hunk, verdict: holds }];
    });
    return { path, verdict, hunks: hunks.sort((one, other) => one.hunk - other.hunk) };
  });
  return { whole: wholeOf(own, files), own, files };
}

function narrowed(broad: Verdict | undefined, narrow: Verdict | undefined): Verdict | undefined {
  if (narrow === undefined || broad === undefined) return narrow ?? broad;
  return accepts(narrow) && !accepts(broad) && broad.seq > narrow.seq ? broad : narrow;
}

/** An acknowledgement is given on what has landed, which had been accepted before. */
function accepts(verdict: Verdict | undefined): boolean {
  return verdict?.verdict === "accept" || verdict?.verdict === "acknowledge";
}

function wholeOf(own: Verdict | undefined, files: readonly FileVerdict[]): EffectiveVerdict["whole"] {
  const kinds = new Set(files.flatMap((file) => [file.verdict?.verdict, ...file.hunks.map((hunk) => hunk.verdict.verdict)]));
  if (files.length === 0) return own?.verdict;
  return kinds.size === 1 ? [...kinds][0] : "mixed";
}

/** Decisions that still count: kept or proposed, and not rejected as a whole. In the order of the run. */
export function whatStands(run: Run): readonly Decision[] {
  return reviewable(run).filter((decision) => effectiveVerdict(decision).whole !== "reject");
}

/** Decisions of which some part has no verdict yet, or was put off. */
export function undecided(run: Run): readonly Decision[] {
  return reviewable(run).filter((decision) => {
    const { own, files } = effectiveVerdict(decision);
    const parts = files.length === 0 ? [own] : files.map((file) => file.verdict);
    return parts.some((verdict) => verdict === undefined || verdict.verdict === "later") || files.some((file) => file.hunks.some((hunk) => hunk.verdict.verdict === "later"));
  });
}

export interface Selected {
  readonly decision: Decision;
  /** Every file of the decision, in its order; at least one is not "none". */
  readonly files: readonly { readonly path: string; readonly part: FilePart }[];
}

/** What was accepted, in the order of the run. A decision that has nothing accepted is not in it. */
export function selection(run: Run): readonly Selected[] {
  return reviewable(run).flatMap((decision) => {
    const files = effectiveVerdict(decision).files.map((file) => ({ path: file.path, part: partOf(file) }));
    return files.some((file) => file.part !== "none") ? [{ decision, files }] : [];
  });
}

function partOf(file: FileVerdict): FilePart {
  const accepted = accepts(file.verdict);
  const others = file.hunks.filter((hunk) => accepts(hunk.verdict) !== accepted).map((hunk) => hunk.hunk);
  if (others.length === 0) return accepted ? "all" : "none";
  return accepted ? { without: others } : { only: others };
}

function reviewable(run: Run): readonly Decision[] {
  return run.decisions.filter((decision) => decision.state === "kept" || decision.state === "proposed");
}

const LEAST_FIRST: readonly Basis[] = ["summary", "decision", "hunk"];

/**
 * What the approver had looked at, as the trailer `Vigil-Approval` says it; `policy` where a policy accepted and no
 * person spoke; undefined where nothing is accepted. Of several files' verdicts the least thorough counts.
 */
export function approvalBasis(decision: Decision): Basis | "policy" | undefined {
  const { own, files } = effectiveVerdict(decision);
  if (files.some((file) => file.hunks.length > 0 && (accepts(file.verdict) || file.hunks.some((hunk) => accepts(hunk.verdict))))) return "hunk";
  const accepting = acceptances(own, files);
  const people = accepting.filter((verdict) => verdict.by.kind === "person");
  if (people.length === 0) return accepting.length === 0 ? undefined : "policy";
  return LEAST_FIRST.find((basis) => people.some((verdict) => verdict.basis === basis));
}

/** The people whose acceptance holds for some part of the decision, the latest first, each once. */
export function approvedBy(decision: Decision): readonly Person[] {
  const { own, files } = effectiveVerdict(decision);
  const people = acceptances(own, files)
    .toSorted((one, other) => other.seq - one.seq)
    .flatMap((verdict) => (verdict.by.kind === "person" ? [verdict.by.person] : []));
  return people.filter((person, index) => people.findIndex((other) => other.email === person.email && other.name === person.name) === index);
}

function acceptances(own: Verdict | undefined, files: readonly FileVerdict[]): Verdict[] {
  const holding = files.length === 0 ? [own] : files.flatMap((file) => [file.verdict, ...file.hunks.map((hunk) => hunk.verdict)]);
  return holding.filter((verdict) => verdict !== undefined).filter(accepts);
}
