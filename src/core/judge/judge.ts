// The one function that judges what the agent wants to do, and what it did to files. No verdict means deny: an error while
// judging is a denial too. The walls are computed from the same policy, so a wrong verdict is still confined.
import type { FileChange } from "../log/parts.js";
import { hostCovered, hostProblem } from "../policy/host.js";
import type { PolicyValues } from "../policy/schema.js";
import type { Permission } from "../run/run.js";
import { writesWorktree, type Stage } from "../stage.js";
import { judgeCommand } from "./command.js";
import { firstMatch, openingMatcher } from "./glob.js";
import { isInGit, protectedBy, stageForPath } from "./path.js";
import { isStrangePath } from "./strange-path.js";

export type Action =
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "search" }
  | { readonly kind: "write"; readonly path: string }
  | { readonly kind: "command"; readonly line: string }
  /** A host as settings name it: with an optional port, or a pattern. */
  | { readonly kind: "host"; readonly host: string }
  /** The run wants to land by itself. `doubts`: what makes that a person's business, as sentences. */
  | { readonly kind: "land"; readonly branch: string; readonly doubts: readonly string[] };

/** `rule` is what decided. `tell` is the line for the model: what refused it, and which tool to call. */
export interface Verdict {
  readonly kind: "allow" | "ask" | "deny";
  readonly rule: string;
  readonly tell?: string;
}

/** What judging needs to know of a run. */
export interface JudgedRun {
  readonly stage: Stage;
  readonly openDecision: string | undefined;
  readonly permissions: readonly Permission[];
  /** Nothing can be confined where the run works, so no command is run at all. */
  readonly withoutCommands?: boolean;
  /** Why single hosts cannot be opened where the run works, as a sentence. */
  readonly hostsShut?: string | undefined;
}

export function judge(action: Action, policy: PolicyValues, run: JudgedRun): Verdict {
  return orDenied(() => {
    switch (action.kind) {
      case "read":
        return judgeRead(action.path, policy);
      case "search":
        return allow("searching stays inside the walls");
      case "write":
        return judgeWrite(action.path, policy, run);
      case "command":
        return judgeLine(action.line, policy, run);
      case "host":
        return judgeHost(action.host, policy, run);
      case "land":
        return judgeLanding(action.branch, action.doubts, policy, run);
    }
  });
}

/**
 * A change that the comparison found after a step. Anything but `allow` is a violation and is taken out: at that point
 * nobody can be asked any more.
 */
export function judgeChange(change: Pick<FileChange, "path" | "modes">, policy: PolicyValues, run: JudgedRun): Verdict {
  return orDenied(() => {
    if (change.modes.includes("160000")) return deny("a nested repository", `${change.path} is a repository of its own and is left out. Remove its .git to keep the files.`);
    return judgeWrite(change.path, policy, run);
  });
}

/**
 * Why a person may not grant this to the agent, as a line for the model; undefined where a person may be asked. Policy's
 * denials, read-only paths, strange paths and git's own folders stay refused.
 */
export function grantable(kind: "write" | "command", target: string, policy: PolicyValues): string | undefined {
  const run: JudgedRun = { stage: "autonomous-with-summary", openDecision: "any", permissions: [] };
  const action: Action = kind === "write" ? { kind, path: target } : { kind, line: target };
  const verdict = judge(action, policy, run);
  return verdict.kind === "deny" ? (verdict.tell ?? `${verdict.rule}: no permission can change that.`) : undefined;
}

function judgeRead(path: string, policy: PolicyValues): Verdict {
  const strange = isStrangePath(path);
  if (strange !== undefined) return deny("paths outside the worktree", `Refused: ${path} cannot be read with this tool, because ${strange}. Name a file by its path from the top of the worktree; use bash for files of the system.`);
  const hidden = firstMatch(policy.hidden, path);
  if (hidden !== undefined) return deny(`vigil.policy.hidden "${hidden}"`, `Refused: ${path} is hidden by policy ("${hidden}"). Work without it; ask_human if its content matters.`);
  return allow("reading stays inside the walls");
}

function judgeWrite(path: string, policy: PolicyValues, run: JudgedRun): Verdict {
  const strange = isStrangePath(path);
  if (strange !== undefined) return deny("strange paths", `Refused: ${path} cannot be written, because ${strange}. Choose a plain path inside the worktree.`);
  if (isInGit(path)) return deny("git's own folder", `Refused: ${path} belongs to git. Use git commands in bash.`);
  if (run.openDecision === undefined) return deny("no open decision", "Refused: no decision is open. Call begin_decision first, then write.");
  const hidden = firstMatch(policy.hidden, path);
  if (hidden !== undefined) return deny(`vigil.policy.hidden "${hidden}"`, `Refused: ${path} is hidden by policy ("${hidden}"), so it cannot be changed either. Choose another file; ask_human if it matters.`);
  if (!writesWorktree(run.stage)) return allow("read-only: kept as a proposal");
  const held = stageForPath(policy, path, run.stage);
  if (held.stage === "read-only") return deny(held.rule, `Refused: ${path} is read-only here (${held.rule}). No permission can change that; leave it as it is and say in finish what it needs.`);
  if (permitted(run, "write", path)) return allow(`a person permitted ${path}`);
  const guarded = protectedBy(policy, path);
  if (guarded !== undefined) return ask(`protected path "${guarded}"`, path);
  if (held.stage === "bounded-write" && !(policy.scope !== undefined && openingMatcher(policy.scope)(path))) return ask(outOfScope(policy), path);
  return allow(held.rule);
}

function outOfScope(policy: PolicyValues): string {
  return policy.scope === undefined ? "no vigil.policy.scope is set" : `outside vigil.policy.scope (${policy.scope.join(", ")})`;
}

function ask(rule: string, path: string): Verdict {
  return { kind: "ask", rule, tell: `Refused without a person: ${path} (${rule}). Call request_permission with kind "write" and target "${path}".` };
}

function judgeLine(line: string, policy: PolicyValues, run: JudgedRun): Verdict {
  if (run.withoutCommands === true) {
    return deny("no sandbox on this machine", "Refused: commands cannot be confined on this machine, so none are run. Look around with read, glob and grep; change files with write and edit inside a decision (begin_decision).");
  }
  const verdict = judgeCommand(policy.commands, line);
  if (verdict.kind === "ask" && permitted(run, "command", line)) return allow("a person permitted exactly this command");
  if (verdict.kind === "deny") return deny(verdict.rule, `Refused: this command matches ${verdict.rule}. No permission can change that; do it another way or leave it out.`);
  if (verdict.kind === "ask") return { ...verdict, tell: `Refused without a person: this command matches ${verdict.rule}. Call request_permission with kind "command" and the whole command as target, or do it another way.` };
  return verdict;
}

function judgeHost(host: string, policy: PolicyValues, run: JudgedRun): Verdict {
  const problem = hostProblem(host);
  if (problem !== undefined) return deny("not a host", `Refused: ${host} is not a host that can be opened: ${problem}.`);
  if (!writesWorktree(run.stage)) return deny("read-only runs have no network", `Refused: ${host} cannot be reached: this run is read-only, and such runs have no network. Work without it, and say in finish what is needed.`);
  if (run.hostsShut !== undefined) return deny("the network stays shut", `Refused: ${host} cannot be reached. ${run.hostsShut} Work without it, and say in finish what is needed.`);
  if (hostCovered(policy.networkHosts, host)) return allow("vigil.policy.networkHosts");
  if (hostCovered(permittedHosts(run), host)) return allow(`a person permitted ${host}`);
  return { kind: "ask", rule: "not among vigil.policy.networkHosts", tell: `Refused without a person: ${host} is not among the hosts that may be reached. Call request_permission with kind "host" and target "${host}", or do without.` };
}

/** Every host that commands may reach now, as settings name hosts. Empty: the network is shut. */
export function openHosts(policy: PolicyValues, run: JudgedRun): readonly string[] {
  if (!writesWorktree(run.stage) || run.withoutCommands === true || run.hostsShut !== undefined) return [];
  return [...new Set([...policy.networkHosts, ...permittedHosts(run)])];
}

function permittedHosts(run: JudgedRun): readonly string[] {
  return run.permissions.flatMap((held) => (held.type === "host" && (held.decision === undefined || held.decision === run.openDecision) ? [held.target] : []));
}

function judgeLanding(branch: string, doubts: readonly string[], policy: PolicyValues, run: JudgedRun): Verdict {
  if (!writesWorktree(run.stage)) return deny("read-only runs never land", "A read-only run keeps proposals; a person adopts them.");
  if (run.stage !== "autonomous-with-summary") return { kind: "ask", rule: `at ${run.stage} a person lands` };
  if (branch !== policy["landing.branch"]) return { kind: "ask", rule: `${branch} is not vigil.policy.landing.branch` };
  const [doubt] = doubts;
  return doubt === undefined ? allow(`vigil.policy.landing.branch ${branch}`) : { kind: "ask", rule: doubt };
}

function permitted(run: JudgedRun, type: Permission["type"], target: string): boolean {
  return run.permissions.some((held) => held.type === type && held.target === target && (held.decision === undefined || held.decision === run.openDecision));
}

function allow(rule: string): Verdict {
  return { kind: "allow", rule };
}

function deny(rule: string, tell: string): Verdict {
  return { kind: "deny", rule, tell };
}

/** A bug in judging must not open anything; its message is kept in the rule, so that somebody sees it. */
function orDenied(judged: () => Verdict): Verdict {
  try {
    return judged();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return deny(`an error while judging: ${why}`, "Refused: judging this failed, which counts as no. Try something simpler and report it in finish.");
  }
}
