// What policy says about a path: the stage it is held to, whether it is protected, hidden, in scope. No path is looked at
// on a disk here; only its name is judged.
import picomatch from "picomatch/posix.js";
import { CEILING_WITHOUT_POLICY } from "../policy/narrow.js";
import { PROTECTED_ALWAYS, type MergedPathRule, type PolicyValues } from "../policy/schema.js";
import { lowestStage, stageRank, type Stage } from "../stage.js";
import { foldPath } from "../text/fold.js";
import { exactly, firstMatch } from "./glob.js";

/** A stage with what decided it, as a person can find it in the settings. */
export interface StageOfPath {
  readonly stage: Stage;
  readonly rule: string;
}

/**
 * The stage a path is held to. In each level's list the most specific matching glob decides, the lower stage on a tie;
 * the lowest of those results counts, never above `maxStage` and the run's own stage.
 */
export function stageForPath(policy: PolicyValues, path: string, runStage: Stage): StageOfPath {
  const ceiling = policy.maxStage ?? CEILING_WITHOUT_POLICY;
  const results: StageOfPath[] = [
    { stage: runStage, rule: `the run's stage ${runStage}` },
    { stage: ceiling, rule: `vigil.policy.maxStage ${ceiling}` },
  ];
  for (const level of new Set(policy.paths.map((rule) => rule.level))) {
    const rule = deciding(policy.paths.filter((candidate) => candidate.level === level && exactly(candidate.glob)(path)));
    if (rule !== undefined) results.push({ stage: rule.stage, rule: named(rule) });
  }
  const stage = lowestStage(...results.map((result) => result.stage));
  // Where several say the same, the path's own rule tells a person more than the run's stage.
  return results.findLast((result) => result.stage === stage) ?? { stage, rule: "the lowest stage" };
}

/** Which glob protects the path; undefined where none does. What can never be unprotected is matched in any folder. */
export function protectedBy(policy: PolicyValues, path: string): string | undefined {
  const always = PROTECTED_ALWAYS.find((glob) => firstMatch([`**/${glob}`], path) !== undefined);
  return always ?? firstMatch(policy.protected, path);
}

/** True where git would take some part of the path for its own folder, on any system. */
export function isInGit(path: string): boolean {
  return foldPath(path).split("/").includes(".git");
}

function deciding(rules: readonly MergedPathRule[]): MergedPathRule | undefined {
  return rules.reduce<MergedPathRule | undefined>((best, rule) => {
    if (best === undefined) return rule;
    const order = compareSpecific(rule.glob, best.glob);
    return order > 0 || (order === 0 && stageRank(rule.stage) < stageRank(best.stage)) ? rule : best;
  }, undefined);
}

/**
 * More specific: no wildcard at all; then more folders named before the first wildcard; then more letters that are not
 * wildcards. Zero is a tie.
 */
function compareSpecific(a: string, b: string): number {
  const left = specificity(a);
  const right = specificity(b);
  return left.exact - right.exact || left.folders - right.folders || left.letters - right.letters;
}

function specificity(glob: string): { readonly exact: number; readonly folders: number; readonly letters: number } {
  const { base, isGlob } = picomatch.scan(glob) as { readonly base: string; readonly isGlob: boolean };
  return {
    exact: isGlob ? 0 : 1,
    folders: base.split("/").filter((part) => part !== "" && part !== ".").length,
    letters: glob.replace(/[*?[\]{}()!+@|,/]/gu, "").length,
  };
}

function named(rule: MergedPathRule): string {
  const reason = rule.reason === undefined ? "" : ` (${rule.reason})`;
  return `vigil.policy.paths "${rule.glob}": ${rule.stage}${reason}`;
}
