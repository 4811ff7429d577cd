// How a scenario ended, as a value that is the same however often it was killed; and what must never be in any log.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { EventOf, LoggedEvent } from "../../../src/core/log/event.js";
import { replay } from "../../../src/core/run/replay.js";
import type { Lab } from "../../runner/lab.js";

/** The end of each run, without what differs from one performance to the next: times, ids, costs of broken-off turns. */
export function endingOf(lab: Lab, ids: readonly string[]): string {
  const runs = ids.map((id) => {
    const run = replay(lab.events(id));
    if (run === undefined) return "never begun";
    const landing = run.landing === undefined ? undefined : { state: run.landing.state, branch: run.landing.intended.branch, decisions: run.landing.intended.commits.map((one) => one.decisions) };
    return {
      phase: run.phase.kind === "ended" ? `${run.phase.outcome}: ${run.phase.why.replaceAll(/\d{8}-\d{6}-\w+/g, "(run)")}` : run.phase.kind,
      stage: run.stage,
      decisions: run.decisions.map((one) => [one.id, one.reason.title, one.state, one.after, one.files.map((file) => file.path), Object.entries(one.verdicts).map(([target, verdict]) => [target, verdict.verdict])]),
      goals: [run.goals.map((goal) => goal.id), run.abandoned.map((goal) => goal.goal)],
      violations: run.violations.map((one) => one.paths),
      landing,
      landed: landing?.state === "landed" ? lab.git("rev-parse", `${landing.branch}^{tree}`) : undefined,
      commits: landing?.state === "landed" ? lab.git("rev-list", "--count", `${run.spec.base}..${landing.branch}`) : undefined,
      branches: lab.git("branch", "--list", "vigil/*", "--format=%(refname:short)"),
      finished: run.finish?.done,
      tree: run.tree,
      files: digestOf(run.spec.worktree),
    };
  });
  return JSON.stringify(runs, null, 1);
}

/** Everything in the logs that says that something was lost or done twice, as sentences. */
export function wrongIn(events: readonly LoggedEvent[]): readonly string[] {
  const of = <K extends LoggedEvent["kind"]>(kind: K): (LoggedEvent & EventOf<K>)[] => events.filter((event): event is LoggedEvent & EventOf<K> => event.kind === kind);
  const twice = (what: string, names: readonly string[]): string[] => names.filter((name, n) => names.indexOf(name) !== n).map((name) => `${what} twice: ${name}`);
  const turnsOver = [...of("turn.received"), ...of("turn.discarded")].map((event) => String(event.turn));
  const open = of("turn.requested").map((event) => String(event.turn)).filter((turn) => !turnsOver.includes(turn));
  const steps = of("step.finished").map((event) => String(event.step));
  const ended = of("run.ended").at(-1);
  const usd = [...of("turn.received"), ...of("turn.discarded")].filter((event) => event.seq < (ended?.seq ?? 0)).reduce((sum, event) => sum + (event.cost.kind === "known" ? event.cost.usd : 0), 0);
  return [
    ...events.flatMap((event, n) => (event.seq === n + 1 ? [] : [`event ${String(n + 1)} has the number ${String(event.seq)}`])),
    ...twice("begun", of("step.intended").map((event) => `call ${String(event.turn)}/${event.call}`)),
    ...twice("ended", steps.map((step) => `step ${step}`)),
    ...of("step.intended").filter((event) => !steps.includes(String(event.step))).map((event) => `step ${String(event.step)} (${event.tool}) has no outcome`),
    ...twice("asked for", of("turn.requested").map((event) => `turn ${String(event.turn)}`)),
    ...twice("paid", turnsOver.map((turn) => `turn ${turn}`)),
    ...open.map((turn) => `turn ${turn} has no outcome`),
    ...twice("answered", of("gate.answered").map((event) => event.gate)),
    ...twice("taken up", [...of("command.accepted"), ...of("command.refused")].map((event) => event.id)),
    ...twice("opened", of("decision.opened").map((event) => event.decision)),
    ...twice("closed", of("decision.ended").map((event) => event.decision)),
    ...twice("made", of("worktree.created").map((event) => `worktree ${event.path}`)),
    ...landedTwice(events),
    ...(ended === undefined || (ended.cost.kind === "known" && Math.abs(ended.cost.usd - usd) < 1e-9) ? [] : [`the end says ${JSON.stringify(ended.cost)}, the turns add up to ${String(usd)}`]),
  ];
}

function landedTwice(events: readonly LoggedEvent[]): string[] {
  const problems: string[] = [];
  let landed = false;
  for (const event of events) {
    if (event.kind === "landing.intended" && landed) problems.push(`event ${String(event.seq)} lands what was landed`);
    if (event.kind === "landing.undone" && !landed) problems.push(`event ${String(event.seq)} takes back what was not landed`);
    if (event.kind === "landing.finished") landed = true;
    if (event.kind === "landing.undone") landed = false;
  }
  return problems;
}

/** Lock files anywhere in the repository or beside its worktrees. The run's own lock is the kernel's, not the file. */
export function locksIn(lab: Lab): readonly string[] {
  return [join(lab.repo, ".git"), join(lab.home, "data")].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".lock")).map((path) => join(folder, path)) : [],
  );
}

/** Names, modes and contents of a folder, without git's part. */
function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const walk = (at: string, prefix: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name))) {
      const path = join(at, entry.name);
      if (entry.name === ".git") continue;
      hash.update(`${prefix}${entry.name} ${String(lstatSync(path).mode)}\n`);
      if (entry.isDirectory()) walk(path, `${prefix}${entry.name}/`);
      else hash.update(entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
    }
  };
  if (existsSync(folder)) walk(folder, "");
  return hash.digest("hex");
}
