// The comparison after a writing step: the authority on what may stay. A change that policy did not permit is taken out
// before the next step, kept as a proposed patch, and told to the agent.
import { globMatcher } from "../core/judge/glob.js";
import { judgeChange } from "../core/judge/judge.js";
import type { RunEvent } from "../core/log/event.js";
import type { FileChange, Sha } from "../core/log/parts.js";
import { compareTrees, patch } from "../git/compare.js";
import { restore } from "../git/restore.js";
import { snapshot } from "../git/snapshot.js";
import { treeEntries } from "../git/tree-entries.js";
import { judgedRun } from "./judged-run.js";
import type { Site } from "./site.js";

export interface Inspection {
  /** What the worktree holds after the forbidden was taken out. */
  readonly tree: Sha;
  readonly changed: readonly string[];
  /** One event a rule; to be appended with the step's outcome. */
  readonly violations: readonly RunEvent[];
  /** What the agent is told about them; empty where there is nothing to tell. */
  readonly tell: string;
}

/** Compares the worktree with `before`. The caller guarantees that nothing writes meanwhile that must stay. */
export async function inspect(site: Site, before: Sha, step: number): Promise<Inspection> {
  const seen = await snapshot(site.worktree);
  const nested = seen.nested.map((path) => ({ path, rule: "what git cannot keep is left out", tell: `${path} is left out: it is a repository of its own (remove its .git to keep the files), no ordinary file, or too deep for a path.` }));
  if (seen.tree === before && nested.length === 0) return { tree: before, changed: [], violations: [], tell: "" };
  const changes = seen.tree === before ? [] : await compareTrees(site.worktree, before, seen.tree);
  const refused = [...refusals(site, changes), ...(await unhidden(site, before, seen.tree, changes))];
  const tree = refused.length === 0 ? seen.tree : await takeOut(site, before, refused);
  const gone = new Set(refused.map((item) => item.path));
  const violations = await violationEvents(site, before, seen.tree, step, refused);
  return {
    tree,
    changed: changes.map((change) => change.path).filter((path) => !gone.has(path)),
    violations,
    tell: [...refused, ...nested].map((item) => item.tell).join("\n"),
  };
}

export interface Refusal {
  readonly path: string;
  readonly rule: string;
  readonly tell: string;
}

/** Which of the changes policy does not permit in the decision that is open. */
export function refusals(site: Site, changes: readonly FileChange[]): readonly Refusal[] {
  const { run } = site.ledger;
  return changes.flatMap((change) => {
    const verdict = judgeChange(change, run.spec.policy.values, judgedRun(run));
    if (verdict.kind === "allow") return [];
    return [{ path: change.path, rule: verdict.rule, tell: `Taken out: ${change.path} (${verdict.rule}). ${verdict.tell ?? ""}`.trim() }];
  });
}

/** The events that record refused changes, with what they were as a patch. */
export async function violationEvents(site: Site, before: Sha, after: Sha, step: number, refused: readonly Refusal[]): Promise<readonly RunEvent[]> {
  const { ledger } = site;
  const events: RunEvent[] = [];
  for (const rule of new Set(refused.map((item) => item.rule))) {
    const paths = refused.filter((item) => item.rule === rule).map((item) => item.path);
    const kept = await ledger.keep(await patch(site.worktree, before, after, paths));
    const { openDecision } = ledger.run;
    events.push({
      kind: "violation.found",
      id: `v${String(ledger.run.violations.length + events.length + 1)}`,
      step,
      paths,
      rule,
      patch: kept.id,
      ...(openDecision === undefined ? {} : { decision: openDecision }),
    });
  }
  return events;
}

// What is masked by its name stays masked under another one: a renamed folder must not carry a hidden file into view.
async function unhidden(site: Site, before: Sha, after: Sha, changes: readonly FileChange[]): Promise<readonly Refusal[]> {
  const hides = globMatcher(site.ledger.run.spec.policy.values.hidden);
  // Also where something else was put in the file's old place: the file itself may have been carried away before.
  const gone = changes.filter((change) => change.status !== "added" && hides(change.path));
  if (gone.length === 0) return [];
  const were = await treeEntries({ gitDir: site.worktree.gitDir }, before, gone.map((change) => change.path));
  const secret = new Set([...were.values()].map((entry) => entry.object));
  const now = await treeEntries({ gitDir: site.worktree.gitDir }, after, changes.filter((change) => change.status !== "deleted").map((change) => change.path));
  return [...now].filter(([, entry]) => secret.has(entry.object)).map(([path]) => ({ path, rule: "a hidden file under another name", tell: `Taken out: ${path} is a hidden file under another name.` }));
}

// The workshop dies first: restoring under its mounts would take the masks off what it must not see.
async function takeOut(site: Site, before: Sha, refused: readonly Refusal[]): Promise<Sha> {
  await site.shop.close();
  await restore(site.worktree, before, refused.map((item) => item.path));
  return (await snapshot(site.worktree)).tree;
}
