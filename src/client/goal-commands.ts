// What people say about the goals and limits of a run, as commands to it.
import type { Goal } from "../core/log/goals.js";
import { ABANDON_RULES, type AbandonRule } from "../core/log/goals.js";
import { limitName, type LimitName } from "../core/log/limits.js";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import { commandRun, type Folding } from "./command-run.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";

export async function abandonGoal(workspace: Workspace, run: RunId, goal: string, why: string | undefined): Promise<Folding> {
  return commandRun(workspace, run, { kind: "abandon", goal, by: await requirePerson(workspace.repository), ...(why === undefined ? {} : { why }) });
}

export async function waiveGoal(workspace: Workspace, run: RunId, goal: string, rules: readonly AbandonRule[]): Promise<Folding> {
  return commandRun(workspace, run, { kind: "waive", goal, rules: [...rules], by: await requirePerson(workspace.repository) });
}

export async function raiseLimit(workspace: Workspace, run: RunId, limit: LimitName, to: number): Promise<Folding> {
  return commandRun(workspace, run, { kind: "raise", limit, to, by: await requirePerson(workspace.repository) });
}

export async function changePlan(workspace: Workspace, run: RunId, goals: readonly Goal[]): Promise<Folding> {
  return commandRun(workspace, run, { kind: "plan", goals: [...goals], by: await requirePerson(workspace.repository) });
}

/** Throws HumanError (exit 2) for a word that names no rule. */
export function ruleNamed(word: string): AbandonRule {
  const found = ABANDON_RULES.find((rule) => rule === word);
  if (found === undefined) throw new HumanError(`There is no rule "${word}". The rules are: ${ABANDON_RULES.join(", ")}.`, 2);
  return found;
}

/** Throws HumanError (exit 2) for a word that names no limit. */
export function limitNamed(word: string): LimitName {
  const found = limitName.options.find((name) => name === word);
  if (found === undefined) throw new HumanError(`There is no limit "${word}". The limits are: ${limitName.options.join(", ")}.`, 2);
  return found;
}
