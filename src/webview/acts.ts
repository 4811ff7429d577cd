// What each act does at each level. Keys come as acts from the editor, clicks call the same functions; every verdict moves
// on to the next undecided decision.
import type { Act } from "../core/panel/messages.js";
import type { PanelDecision } from "../core/panel/panel.js";
import { NO_GOAL, stepped, undecidedFrom, type Level } from "./place.js";
import { rowsOf, type GivenVerdict, type Model } from "./model.js";

export function act(model: Model, name: Act): void {
  const { place, helping, filtering, bridge } = model;
  const { decision } = place.value;
  if (helping.value && name !== "help") {
    helping.value = false;
    if (name === "out") return;
  }
  switch (name) {
    case "next":
      return move(model, 1);
    case "previous":
      return move(model, -1);
    case "first":
      return move(model, -Infinity);
    case "last":
      return move(model, Infinity);
    case "nextUndecided":
      return toUndecided(model, 1);
    case "previousUndecided":
      return toUndecided(model, -1);
    case "in":
      return zoomIn(model);
    case "out":
      return zoomOut(model);
    case "accept":
      return give(model, "accept");
    case "later":
      return give(model, "later");
    case "reject":
      return compose(model, "reject");
    case "ask":
      return compose(model, "change");
    case "undo":
      model.unsay();
      bridge.post({ kind: "undo" });
      return;
    case "sweep":
      bridge.post({ kind: "sweep" });
      return;
    case "diff":
      if (decision !== null) bridge.post({ kind: "open", decision, focus: true, ...(place.value.file === null ? {} : { path: place.value.file }) });
      return;
    case "openAll":
      if (decision !== null) bridge.post({ kind: "openAll", decision });
      return;
    case "nextFile":
      return toFile(model, 1);
    case "previousFile":
      return toFile(model, -1);
    case "evidence":
      model.go({ unfolded: place.value.unfolded === decision ? null : decision });
      return;
    case "order":
      model.go({ order: place.value.order === "risk" ? "time" : "risk", orderChosen: true });
      return;
    case "filter":
      filtering.value = true;
      return;
    case "link":
      bridge.post({ kind: "link", decision });
      return;
    case "land":
      bridge.post({ kind: "land" });
      return;
    case "help":
      helping.value = !helping.value;
  }
}

export function select(model: Model, decision: string): void {
  model.go({ decision, file: null });
}

function move(model: Model, by: number): void {
  const { place, panel } = model;
  const { level, chapter, decision, group, step } = place.value;
  if (level === 1) {
    const goals = panel.value?.chapters.map((one) => one.goal ?? NO_GOAL) ?? [];
    model.go({ chapter: stepped(goals, chapter ?? goals[0], by) ?? null });
  } else if (level === 2) {
    const all = rowsOf(model);
    const next = stepped(all, all.find((one) => one.id === decision), by);
    if (next !== undefined) model.go({ decision: next.id, file: null });
  } else if (level === 3) {
    const groups = groupsHere(model);
    const next = stepped(groups, groups.find((one) => one.steps[0] === group?.[0]), by);
    if (next !== undefined) model.go({ group: next.steps });
  } else if (level === 4 && group !== null) {
    model.go({ step: Math.min(group[1], Math.max(group[0], (step ?? group[0]) + by)) });
  }
}

export function groupsHere(model: Model) {
  return model.groups.value.get(model.place.value.decision ?? "") ?? [];
}

function toUndecided(model: Model, by: 1 | -1): void {
  const next = undecidedFrom(rowsOf(model), model.place.value.decision, by);
  if (next === undefined) say(model, "Everything here is decided.");
  else model.go({ level: 2, decision: next.id, file: null });
}

function zoomIn(model: Model): void {
  const { place, bridge } = model;
  const { level, decision, group, chapter } = place.value;
  if (level === 0) model.go({ level: 1 });
  else if (level === 1) model.go({ level: 2, chapter: chapter ?? model.panel.value?.chapters.map((one) => one.goal ?? NO_GOAL)[0] ?? null });
  else if (level === 2 && decision !== null) {
    if (place.value.unfolded !== decision) model.go({ unfolded: decision });
    else intoSteps(model);
  } else if (level === 3 && group !== null) {
    bridge.post({ kind: "steps", from: group[0], to: group[1] });
    model.go({ level: 4, step: group[0] });
  }
}

export function intoSteps(model: Model): void {
  model.go({ level: 3, group: groupsHere(model)[0]?.steps ?? null });
}

function zoomOut(model: Model): void {
  const { place } = model;
  const { level, unfolded, chapter } = place.value;
  if (level === 2 && unfolded !== null) model.go({ unfolded: null });
  else if (level === 2 && chapter !== null) model.go({ level: 1 });
  else if (level > 0) toLevel(model, (level - 1) as Level);
}

export function toLevel(model: Model, level: Level): void {
  model.go({ level, ...(level < 2 ? { chapter: null } : {}), ...(level < 4 ? { step: null } : {}) });
}

function toFile(model: Model, by: 1 | -1): void {
  const decision = model.current.value;
  if (decision === undefined) return;
  const paths = decision.files.map((file) => file.path);
  const next = stepped(paths, model.place.value.file ?? paths[0], by);
  if (next !== undefined) model.go({ file: next });
}

function compose(model: Model, verdict: "reject" | "change"): void {
  const decision = reviewable(model);
  if (decision !== undefined) model.composing.value = { verdict, decision: decision.id };
}

/** Gives a verdict on the selected decision and moves on. */
export function give(model: Model, verdict: GivenVerdict, comment?: string): void {
  const decision = reviewable(model);
  if (decision === undefined) return;
  const opened = model.place.value.unfolded === decision.id || model.place.value.file !== null;
  model.bridge.post({ kind: "verdict", verdict, targets: [decision.id], opened, ...(comment === undefined || comment === "" ? {} : { comment }) });
  model.suppose(decision.id, verdict);
  const next = undecidedFrom(rowsOf(model), decision.id, 1);
  const left = model.panel.value?.counts.undecided ?? 0;
  say(model, `${SAID[verdict]} ${String(decision.n)}. ${left === 0 ? "Everything is decided." : `${String(left)} left.`}`);
  if (next !== undefined && next.id !== decision.id) model.go({ decision: next.id, file: null, unfolded: null });
}

const SAID: Readonly<Record<GivenVerdict, string>> = { accept: "Accepted", reject: "Rejected", change: "Asked for a change of", later: "Put off" };

function reviewable(model: Model): PanelDecision | undefined {
  const decision = model.current.value;
  if (model.place.value.level < 2 || decision === undefined) return undefined;
  if (decision.open && model.panel.value?.can.review === true) return decision;
  say(model, model.panel.value?.can.unland === true ? "This run has landed. Undo the landing to change verdicts." : "There is nothing to decide about this one.", true);
  return undefined;
}

export function say(model: Model, text: string, bad = false): void {
  model.said.value = { text, bad };
}
