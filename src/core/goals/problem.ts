// What is wrong with a list of goals, as a sentence for whoever wrote it.
import type { Goal } from "../log/goals.js";

const GOALS = 60;
const ID = 40;
const WORDS = 2_000;

/** Undefined where the list is a tree that people and rules can follow. */
export function goalProblem(goals: readonly Goal[]): string | undefined {
  if (goals.length > GOALS) return `A plan of ${String(goals.length)} goals cannot be followed by a person: at most ${String(GOALS)}. Make fewer, larger ones.`;
  const long = goals.find((goal) => goal.id.length > ID || (goal.doneWhen?.length ?? 0) > WORDS);
  if (long !== undefined) return `A goal's id has at most ${String(ID)} characters and its check at most ${String(WORDS)}; put a longer command into a script.`;
  const parents = new Map<string, string | undefined>();
  for (const { id, parent } of goals) {
    if (parents.has(id)) return `Goal ids must differ: ${id} stands twice.`;
    parents.set(id, parent);
  }
  for (const { id, parent, abandonWhen } of goals) {
    if (parent !== undefined && !parents.has(parent)) return `Goal ${id} names the parent ${parent}, which is not in the list.`;
    const seen = new Set([id]);
    for (let at = parent; at !== undefined; at = parents.get(at)) {
      if (seen.has(at)) return `Goal ${id} is its own ancestor.`;
      seen.add(at);
    }
    const [criterion] = Object.entries(abandonWhen ?? {}).find(([, value]) => value !== undefined && !(value > 0)) ?? [];
    if (criterion !== undefined) return `Goal ${id} would be given up at ${criterion} of zero or below, which is before it began. Give a number above zero, or leave it out.`;
  }
  return undefined;
}
