// Where the reader is: how deep, at which decision, in which order, behind which filter. Moving is a pure function, so
// that keys, clicks, links and a restored window all move the same way.
import type { Panel, PanelDecision } from "../core/panel/panel.js";
import { matches } from "./filter.js";

/** 0 the report, 1 the chapters, 2 the decisions, 3 a decision's groups of steps, 4 single steps. */
export type Level = 0 | 1 | 2 | 3 | 4;

export interface Place {
  readonly level: Level;
  /** The selected row by its key: a goal (level 1), a decision (2), the first step of a group (3), a step (4). */
  readonly chapter: string | null;
  readonly decision: string | null;
  /** Path of the decision's file whose diff is open. */
  readonly file: string | null;
  /** The group that level 4 looks into: its first and last step. */
  readonly group: readonly [number, number] | null;
  readonly step: number | null;
  /** The decision whose facts are unfolded. */
  readonly unfolded: string | null;
  readonly order: "risk" | "time";
  /** Chosen in this timeline: the person's setting for all of them no longer matters here. */
  readonly orderChosen: boolean;
  readonly filter: string;
}

export const START: Place = { level: 2, chapter: null, decision: null, file: null, group: null, step: null, unfolded: null, order: "risk", orderChosen: false, filter: "" };

/** Stands for the goal of what belongs to none. */
export const NO_GOAL = "";

/** The decisions at level 2 as rows under headings, in the order in which keys step through them. */
export function sections(panel: Panel, place: Pick<Place, "order" | "filter" | "chapter">): readonly { readonly heading: string; readonly kind: string; readonly decisions: readonly PanelDecision[] }[] {
  const byId = new Map(panel.decisions.map((decision) => [decision.id, decision]));
  const shown = (ids: readonly string[]): PanelDecision[] => ids.flatMap((id) => byId.get(id) ?? []).filter((decision) => inChapter(panel, decision, place.chapter) && matches(decision, place.filter));
  const groups = place.order === "time" ? [{ kind: "time", heading: "In the order of the run", decisions: panel.decisions.map((decision) => decision.id) }] : panel.groups;
  return groups.map((group) => ({ heading: group.heading, kind: group.kind, decisions: shown(group.decisions) })).filter((group) => group.decisions.length > 0);
}

function inChapter(panel: Panel, decision: PanelDecision, chapter: string | null): boolean {
  return chapter === null || decisionsIn(panel, chapter).includes(decision.id);
}

/** A goal's own decisions and those of its parts, which follow it and stand deeper. */
export function decisionsIn(panel: Panel, chapter: string): readonly string[] {
  const from = panel.chapters.findIndex((one) => (one.goal ?? NO_GOAL) === chapter);
  const goal = panel.chapters[from];
  if (goal === undefined) return [];
  const next = panel.chapters.findIndex((one, at) => at > from && one.depth <= goal.depth);
  return panel.chapters.slice(from, next === -1 ? undefined : next).flatMap((one) => one.decisions);
}

export function rows(panel: Panel, place: Place): readonly PanelDecision[] {
  return sections(panel, place).flatMap((group) => group.decisions);
}

/** The row `by` rows further; the first or last one where there is none. */
export function stepped<T>(all: readonly T[], current: T | undefined, by: number): T | undefined {
  const at = current === undefined ? -1 : all.indexOf(current);
  if (at < 0) return by < 0 ? all.at(-1) : all[0];
  return all[Math.min(all.length - 1, Math.max(0, at + by))];
}

/** The next undecided row after (or before) the current one, going round; undefined when all are decided. */
export function undecidedFrom(all: readonly PanelDecision[], current: string | null, by: 1 | -1): PanelDecision | undefined {
  const open = (decision: PanelDecision): boolean => decision.open && (decision.verdict === null || decision.verdict === "later" || decision.verdict === "mixed");
  const at = all.findIndex((decision) => decision.id === current);
  const order = by === 1 ? [...all.slice(at + 1), ...all.slice(0, at + 1)] : [...all.slice(0, Math.max(0, at)).reverse(), ...all.slice(Math.max(0, at)).reverse()];
  return order.find((decision) => open(decision) && decision.id !== current) ?? order.find((decision) => open(decision));
}

/** The same place in a newer state of the run: what is gone is left, what is there stays selected. */
export function settledIn(panel: Panel, place: Place): Place {
  const there = (id: string | null): string | null => (panel.decisions.some((decision) => decision.id === id) ? id : null);
  const decision = there(place.decision) ?? rows(panel, place)[0]?.id ?? null;
  return { ...place, decision, unfolded: there(place.unfolded), level: place.level > 2 && decision === null ? 2 : place.level };
}
