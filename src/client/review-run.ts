// Gives verdicts on what a run did. Ids are checked before anything is posted; the runner checks them again.
import { HumanError } from "../core/error.js";
import type { Command } from "../core/command.js";
import type { Basis, VerdictAct } from "../core/log/parts.js";
import { band } from "../core/review/band.js";
import { checkTargets, parseTarget } from "../core/review/target.js";
import { undecided } from "../core/review/verdict.js";
import type { Run } from "../core/run/run.js";
import { commandRun, type Folding } from "./command-run.js";
import { fallsWith } from "./falls-with.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";
import type { RunAndLog } from "./read-run.js";

/** One verdict that a person wants to give. */
export interface Wanted {
  readonly verdict: VerdictAct;
  /** Ids (d3, d3:path, d3:path#2), or `all`, or `routine`: what nobody has decided yet, all of it or its routine part. */
  readonly ids: readonly string[];
  readonly comment?: string | undefined;
  /** What the person had looked at, where the front end knows it. Else a word such as `all` means the summary. */
  readonly basis?: Basis | undefined;
}

type Verdicts = Extract<Command, { kind: "review" }>["verdicts"];

export interface Planned {
  readonly verdicts: Verdicts;
  /** Decisions that fall with what is rejected. */
  readonly falls: readonly string[];
}

/** Works out the verdicts and what falls with them; gives none. Throws HumanError (exit 2) naming ids that do not exist. */
export async function planReview(view: RunAndLog, wanted: readonly Wanted[]): Promise<Planned> {
  const expanded = wanted.map((one) => ({ ...one, ...expand(view.run, one.ids) }));
  const ids = expanded.flatMap((one) => one.ids);
  checkTargets(view.run, ids);
  const twice = ids.find((id, n) => ids.indexOf(id) !== n);
  if (twice !== undefined) throw new HumanError(`${twice} is given two verdicts at once: name it once.`, 2);
  const verdicts = expanded.flatMap(verdictsFor);
  if (verdicts.length === 0) throw new HumanError(`There is nothing to decide: no decision of the run ${view.run.id} is without a verdict.`);
  const whole = expanded.flatMap((one) => (one.verdict === "reject" ? one.ids.filter((id) => parseTarget(id)?.kind === "decision") : []));
  const falls = whole.length === 0 ? [] : await fallsWith(view, whole);
  // While the run works its runner drops the stack. Afterwards what fell is rejected too, or it would block the landing.
  const fallen: Verdicts = falls.length > 0 && view.run.phase.kind === "ended" ? [{ targets: [...falls], verdict: "reject", basis: "summary", comment: `It stands on ${whole.join(", ")}, which was rejected.` }] : [];
  return { verdicts: [...verdicts.map((one) => without(one, falls)).filter((one) => one.targets.length > 0), ...fallen], falls };
}

function without(one: Verdicts[number], ids: readonly string[]): Verdicts[number] {
  return { ...one, targets: one.targets.filter((target) => !ids.includes(target)) };
}

export async function reviewRun(workspace: Workspace, view: RunAndLog, planned: Planned): Promise<Folding> {
  return commandRun(workspace, view.run.id, { kind: "review", verdicts: planned.verdicts, by: await requirePerson(workspace.repository) });
}

interface Expanded {
  readonly ids: readonly string[];
  /** True when the ids came from a word such as `all`: the person has seen the summary only. */
  readonly fromSummary: ReadonlySet<string>;
}

function expand(run: Run, words: readonly string[]): Expanded {
  const fromSummary = new Set<string>();
  const ids = words.flatMap((word) => {
    if (word !== "all" && word !== "routine") return [word];
    const open = undecided(run).filter((decision) => word === "all" || band(decision) === "routine");
    for (const decision of open) fromSummary.add(decision.id);
    return open.map((decision) => decision.id);
  });
  return { ids: [...new Set(ids)], fromSummary };
}

function verdictsFor({ verdict, ids, comment, basis: looked, fromSummary }: Wanted & Expanded): Verdicts {
  const byBasis = new Map<Basis, string[]>();
  for (const id of ids) {
    const basis = looked ?? (fromSummary.has(id) ? "summary" : parseTarget(id)?.kind === "hunk" ? "hunk" : "decision");
    byBasis.set(basis, [...(byBasis.get(basis) ?? []), id]);
  }
  return [...byBasis].map(([basis, targets]) => ({ targets, verdict, basis, ...(comment === undefined ? {} : { comment }) }));
}
