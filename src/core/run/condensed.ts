// A run that has ended, in what its readers need of the log: every event but those of turns and steps, the sums of what
// these left behind, and the steps as columns, which are read only where somebody goes into them. A long night has a
// hundred thousand of the latter and a few hundred of the former.
import { z } from "zod";
import { eventSchema, type EventKind, type LoggedEvent } from "../log/event.js";
import { sha, usage } from "../log/parts.js";
import { stepEvents, verdictOfJudge } from "../log/steps.js";
import { stepDigestSchema } from "./digest-schema.js";
import type { GoalWork, Run, StepEntry } from "./run.js";
import { stepDigest } from "./step-digest.js";

/** What the steps and turns of a run come to; the list of steps is apart. */
const BULK: ReadonlySet<EventKind> = new Set(["turn.requested", "turn.waiting", "turn.answered", "turn.received", "turn.discarded", "step.intended", "step.finished"]);

const whole = z.number().int().min(0);

const spent = z.object({ usd: z.number(), unpriced: z.boolean(), estimated: z.boolean(), usage, turns: whole, steps: whole, gates: whole, workedMs: z.number() });

const goalWork = z.object({ usd: z.number(), tokens: z.number(), workedMs: z.number(), steps: whole, attempts: whole, reached: z.string().optional() }).transform((work): GoalWork => ({ ...work, reached: work.reached }));

const placed = z.looseObject({ seq: z.number().int().positive(), at: z.number() });
const logged = placed.transform(({ seq, at, ...event }, context): LoggedEvent => {
  const parsed = eventSchema.safeParse(event);
  if (parsed.success) return Object.assign(parsed.data, { seq, at });
  context.addIssue({ code: "custom", message: parsed.error.message });
  return z.NEVER;
});

/** `after`: for each event, the last step that had begun before it. */
export const condensedSchema = z.object({ events: z.array(logged), after: z.array(whole), digest: stepDigestSchema, spent, goalWork: z.record(z.string(), goalWork), tree: sha.optional(), lastStep: whole, lastSeq: whole, lastAt: z.number() }).refine(({ events, after }) => events.length === after.length, "an event has no place");
export type Condensed = z.infer<typeof condensedSchema>;

/** Condenses a log that is told one event after the other. */
export class Condenser {
  readonly #events: LoggedEvent[] = [];
  readonly #after: number[] = [];
  #lastStep = 0;

  add(event: LoggedEvent): void {
    if (event.kind === "step.intended") this.#lastStep = event.step;
    if (BULK.has(event.kind)) return;
    this.#events.push(event);
    this.#after.push(this.#lastStep);
  }

  /** Undefined for a run that has not ended: what becomes of it depends on the events that are left out. */
  condensed(run: Run): Condensed | undefined {
    if (run.phase.kind !== "ended") return undefined;
    const { spent: sums, goalWork: work, tree, lastStep, lastSeq, lastAt } = run;
    return { events: this.#events, after: this.#after, digest: stepDigest(run), spent: sums, goalWork: { ...work }, ...(tree === undefined ? {} : { tree }), lastStep, lastSeq, lastAt };
  }
}

export function condense(events: Iterable<LoggedEvent>, run: Run): Condensed | undefined {
  const condenser = new Condenser();
  for (const event of events) condenser.add(event);
  return condenser.condensed(run);
}

/** Checked as one: a schema that is asked for each of a million numbers takes longer than all else together. */
const numbers = z.custom<readonly number[]>((value) => Array.isArray(value) && value.every((one) => Number.isFinite(one)));

/** Few values for many steps: each value once, then which one for how many steps in a row, in turn. */
const column = <T extends z.ZodType>(value: T) => z.object({ values: z.array(value), runs: numbers });

export const stepColumnsSchema = z.object({
  step: numbers,
  turn: numbers,
  at: numbers,
  /** -1 while a step had no outcome. */
  ms: numbers,
  /** Each step's text on a line of its own; a line feed in one is spelled out. */
  call: z.string(),
  about: z.string(),
  tool: column(z.string()),
  verdict: column(verdictOfJudge),
  decision: column(z.string().nullable()),
  tree: column(z.string().nullable()),
  outcome: column(stepEvents[1].shape.outcome.nullable()),
  changed: column(z.array(z.string())),
});
export type StepColumns = z.infer<typeof stepColumnsSchema>;

export function stepColumns(steps: readonly StepEntry[]): StepColumns {
  return {
    step: steps.map(({ step }) => step),
    turn: steps.map(({ turn }) => turn),
    at: steps.map(({ at }) => at),
    ms: steps.map(({ ms }) => ms ?? -1),
    call: steps.map(({ call }) => spelled(call)).join("\n"),
    about: steps.map(({ about }) => spelled(about)).join("\n"),
    tool: columnOf(steps, ({ tool }) => tool),
    verdict: columnOf(steps, ({ verdict }) => verdict),
    decision: columnOf(steps, ({ decision }) => decision ?? null),
    tree: columnOf(steps, ({ tree }) => tree ?? null),
    outcome: columnOf(steps, ({ outcome }) => outcome ?? null),
    changed: columnOf(steps, ({ changed }) => [...changed]),
  };
}

/** Throws where the columns do not belong together. */
export function stepsOf(columns: StepColumns): readonly StepEntry[] {
  const { step, turn, at, ms } = columns;
  const { length } = step;
  if (length === 0) return [];
  for (const { length: other } of [turn, at, ms]) mustBe(other, length);
  const [call, about] = [texts(columns.call, length), texts(columns.about, length)];
  const tool = valuesOf(columns.tool, length);
  const verdict = valuesOf(columns.verdict, length);
  const decision = valuesOf(columns.decision, length);
  const tree = valuesOf(columns.tree, length);
  const outcome = valuesOf(columns.outcome, length);
  const changed = valuesOf(columns.changed, length);
  return step.map((n, row): StepEntry => ({
    step: n,
    turn: turn[row] as number,
    call: call[row] as string,
    tool: tool[row] as string,
    about: about[row] as string,
    verdict: verdict[row] as StepEntry["verdict"],
    decision: decision[row] ?? undefined,
    tree: tree[row] ?? undefined,
    outcome: outcome[row] ?? undefined,
    changed: changed[row] as string[],
    at: at[row] as number,
    ms: ms[row] === -1 ? undefined : ms[row],
  }));
}

function columnOf<T>(steps: readonly StepEntry[], pick: (step: StepEntry) => T): { values: T[]; runs: number[] } {
  const values: T[] = [];
  const known = new Map<string, number>();
  const runs: number[] = [];
  for (const step of steps) {
    const value = pick(step);
    const name = typeof value === "string" ? value : JSON.stringify(value);
    const which = known.get(name) ?? values.push(value) - 1;
    known.set(name, which);
    if (runs.at(-2) === which) runs.push((runs.pop() ?? 0) + 1);
    else runs.push(which, 1);
  }
  return { values, runs };
}

function valuesOf<T>({ values, runs }: { readonly values: readonly T[]; readonly runs: readonly number[] }, length: number): readonly T[] {
  const all: T[] = [];
  for (let n = 0; n < runs.length; n += 2) {
    const value = values[runs[n] ?? -1];
    if (value === undefined) throw new Error("a column of the steps names a value that it does not have");
    for (let times = runs[n + 1] ?? 0; times > 0 && all.length < length; times -= 1) all.push(value);
  }
  mustBe(all.length, length);
  return all;
}

function texts(lines: string, length: number): readonly string[] {
  const all = lines.split("\n");
  mustBe(all.length, length);
  return lines.includes("\\") ? all.map(unspelled) : all;
}

function mustBe(length: number, expected: number): void {
  if (length !== expected) throw new Error("the columns of the steps are of different lengths");
}

const spelled = (text: string): string => (/[\\\n]/u.test(text) ? text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n") : text);
const unspelled = (text: string): string => text.replaceAll(/\\(.)/gu, (_, letter: string) => (letter === "n" ? "\n" : letter));
