// Landing: accepted decisions only, all or nothing, with the checks of policy on exactly what would land.
import type { Confirmation } from "../../core/log/landing.js";
import type { RunEvent } from "../../core/log/event.js";
import type { Person, Sha } from "../../core/log/parts.js";
import { selection, undecided } from "../../core/review/verdict.js";
import type { Run } from "../../core/run/run.js";
import { buildCommits, healLanding, land, unland } from "../../git/land.js";
import { treeOf } from "../../git/checkpoint.js";
import { branchTip } from "../../git/read.js";
import { HumanError } from "../../core/error.js";
import { SystemRefused, systemRefusal } from "../../core/system-error.js";
import { receiptFor, runChecks } from "../checks.js";
import type { Site } from "../site.js";
import { confirmations } from "./confirmations.js";
import { commitMessage } from "./message.js";
import { planLanding, type Plan, type PlannedCommit } from "./plan.js";
import { newBranchName } from "./branch.js";

type By = Extract<RunEvent, { kind: "landing.intended" }>["by"];

export interface LandRequest {
  readonly onto: string | undefined;
  readonly confirm: readonly string[];
  readonly by: By;
}

/** Lands, or logs why not. Nothing in the user's repository has changed unless `landing.finished` is logged. */
export async function landRun(site: Site, request: LandRequest): Promise<"landed" | "stopped"> {
  const { ledger, repository, worktree } = site;
  const grounds = groundsOf(ledger.run);
  try {
    const prepared = await prepare(site, request);
    if ("stop" in prepared) {
      await ledger.append(prepared.stop);
      return "stopped";
    }
    // Checks may have taken hours, and people go on deciding while a policy lands.
    if (site.halt.aborted || groundsOf(ledger.run) !== grounds) {
      await ledger.append(stop("blocked", "While the landing was prepared, somebody stopped the run, gave a verdict, or made its stage or policy stricter. Nothing was changed. Look again, then land."));
      return "stopped";
    }
    const { branch, expect, commits, plan } = prepared;
    const to = commits.at(-1);
    if (to === undefined) throw new Error("a landing without commits was prepared");
    const landed = commits.map((commit, n) => ({ commit, decisions: (plan[n]?.decisions ?? []).map((decision) => decision.id) }));
    await ledger.append({ kind: "landing.intended", branch, from: expect, to, commits: landed, checkout: repository.branch === branch, by: request.by });
    const result = await land(repository, worktree, { branch, expect, to });
    if (result.kind === "landed") {
      await ledger.append({ kind: "landing.finished", branch, to });
      return "landed";
    }
    await ledger.append(
      result.kind === "moved"
        ? stop("blocked", `The branch ${branch} moved while the landing was prepared. Nothing was changed. Land again to build on its new tip.`)
        : stop("blocked", `Uncommitted changes in your checkout are in the way (${result.paths.slice(0, 5).join(", ")}). Nothing was changed. Commit or set them aside, or land on another branch (--onto), then land again.`, result.paths),
    );
    return "stopped";
  } catch (thrown) {
    const error = systemRefusal(thrown) ?? thrown;
    if (!(error instanceof HumanError) || ledger.lost.aborted) throw error;
    if (error instanceof SystemRefused && (await endMove(site)) === "landed") return "landed";
    await ledger.append(stop("blocked", error.message));
    return "stopped";
  }
}

/** Brings what was half moved to one of its two ends. Throws where even that is refused: then the next process does it. */
async function endMove({ ledger, repository, worktree }: Site): Promise<"landed" | "not landed"> {
  const { landing } = ledger.run;
  if (landing?.state !== "intended") return "not landed";
  const { branch, from, to } = landing.intended;
  if ((await healLanding(repository, worktree, { branch, from, to, since: landing.at })).kind !== "new") return "not landed";
  await ledger.append({ kind: "landing.finished", branch, to });
  return "landed";
}

/** Takes the landing back: the branch is what it was before, or gone if the landing made it. */
export async function unlandRun(site: Site, by: Person): Promise<void> {
  const { ledger, repository, worktree } = site;
  const { landing } = ledger.run;
  if (landing?.state !== "landed") throw new HumanError("Nothing of this run is landed, so there is nothing to take back.");
  const { branch, from, to } = landing.intended;
  try {
    // Killed after the branch had moved and before that was logged: there is nothing left to do but to say so.
    if (((await branchTip(repository, branch)) ?? null) === from) {
      await ledger.append({ kind: "landing.undone", branch, from: to, to: from, by });
      return;
    }
    const result = await unland(repository, worktree, { branch, from: to, to: from });
    if (result.kind === "landed") {
      await ledger.append({ kind: "landing.undone", branch, from: to, to: from, by });
      return;
    }
    await ledger.append(
      result.kind === "moved"
        ? stop("blocked", `The branch ${branch} has moved on since the landing, so taking it back would lose later commits. Nothing was changed. Revert the landed commits instead (git revert).`)
        : stop("blocked", `Uncommitted changes in your checkout are in the way (${result.paths.slice(0, 5).join(", ")}). Nothing was changed. Commit or set them aside, then try again.`, result.paths),
    );
  } catch (error) {
    // What a refusal of the disk's left half moved is brought to one of its two ends by the next process.
    if (!(error instanceof HumanError) || error instanceof SystemRefused) throw error;
    await ledger.append(stop("blocked", error.message));
  }
}

interface Prepared {
  readonly branch: string;
  readonly expect: Sha | null;
  readonly commits: readonly Sha[];
  readonly plan: readonly PlannedCommit[];
}

async function prepare(site: Site, request: LandRequest): Promise<Prepared | { readonly stop: RunEvent }> {
  const { ledger, repository, worktree } = site;
  const { run } = ledger;
  if (run.landing?.state === "landed") return { stop: stop("blocked", `This run is landed on ${run.landing.intended.branch} already. Take that back first (vigil unland ${run.id}).`) };
  if (run.spec.stage === "read-only" || run.stage === "read-only") {
    return { stop: stop("blocked", `A read-only run never lands. Accept its proposals (vigil review ${run.id} --accept all) and start a run from them: vigil adopt ${run.id}.`) };
  }
  if (run.spec.policy.values["landing.requireAllDecided"] && undecided(run).length > 0) {
    return { stop: stop("blocked", `Policy lands nothing before every decision has a verdict; ${undecided(run).map((decision) => decision.id).join(", ")} has none. Give one: vigil review ${run.id} --accept IDS --reject IDS.`) };
  }
  const branch = request.onto ?? (await newBranchName(repository, run));
  const expect = (await branchTip(repository, branch)) ?? null;
  const tip = expect ?? run.spec.base;
  const plan = await planLanding(worktree, run, tip);
  if (plan.kind !== "planned") return { stop: whyNot(run.id, plan, branch) };
  const open = (await confirmations(worktree, await treeOf(worktree, tip), plan.commits)).filter((item) => !confirmed(item, request.confirm));
  if (open.length > 0) return { stop: stop("confirm", confirmText(run.id, open), open.flatMap((item) => item.path ?? []), open) };
  const red = await failedChecks(site, plan.tree);
  if (red !== undefined) return { stop: stop("blocked", red) };
  const who = { author: run.spec.owner, committer: request.by.kind === "person" ? request.by.person : run.spec.owner };
  const at = site.now();
  const chain = plan.commits.map((commit) => ({
    tree: commit.tree,
    message: commitMessage(run, commit.decisions),
    author: { ...who.author, at: commit.decisions.at(-1)?.endedAt ?? at },
    committer: { ...who.committer, at },
  }));
  return { branch, expect, commits: await buildCommits(worktree, tip, chain), plan: plan.commits };
}

// What a landing was prepared from, as one text: the stage, the policy and every verdict.
function groundsOf(run: Run): string {
  return JSON.stringify([run.stage, run.spec.policyDigest, selection(run).map(({ decision, files }) => [decision.id, files])]);
}

function confirmed(item: Confirmation, given: readonly string[]): boolean {
  return given.includes(item.id) || given.includes(item.id.split(":", 1)[0] ?? "");
}

function confirmText(run: string, open: readonly Confirmation[]): string {
  return `Some files run code or steer tools later, so they need a second confirmation: ${open.map((item) => item.why).join(" ")} Nothing was changed. Look at them, then: vigil land ${run} --confirm ${open.map((item) => item.id).join(",")}`;
}

function whyNot(run: string, plan: Exclude<Plan, { kind: "planned" }>, branch: string): RunEvent {
  switch (plan.kind) {
    case "nothing":
      return stop("blocked", `Nothing accepted is left to land. Accept decisions first: vigil review ${run} --accept IDS.`);
    case "falls":
      return stop("blocked", `${plan.decision} stands on something that is not accepted (${plan.paths.join(", ")}). Accept that too, or reject ${plan.decision}: vigil review ${run}.`, plan.paths);
    case "conflict":
      return stop("conflict", `${branch} changed the same lines meanwhile (${plan.paths.join(", ")}). Nothing was changed. Land on a new branch (vigil land ${run}) and merge it by hand, or start a run from the new tip.`, plan.paths);
  }
}

// Receipts name the tree they ran on: one that is green on exactly this tree need not run again.
async function failedChecks(site: Site, tree: Sha): Promise<string | undefined> {
  const { ledger } = site;
  const commands = ledger.run.spec.policy.values.requiredChecks;
  const due = commands.filter((command) => receiptFor(ledger.run.receipts, command, tree)?.outcome !== "green");
  for (const event of await runChecks(site, due, "policy", { kind: "landing", tree }, false)) await ledger.append(event);
  const bad = commands.map((command) => receiptFor(ledger.run.receipts, command, tree)).find((receipt) => receipt?.outcome !== "green");
  if (bad === undefined) return undefined;
  return bad.outcome === "red"
    ? `The required check "${bad.command}" is red on what would land (exit ${String(bad.exit)}). Nothing was changed. See it: vigil show ${ledger.run.id}.`
    : `The required check "${bad.command}" could not run (${bad.why ?? "no reason known"}). Nothing was changed: a check that did not run proves nothing.`;
}

function stop(outcome: "conflict" | "confirm" | "blocked", why: string, paths: readonly string[] = [], confirm: readonly Confirmation[] = []): RunEvent {
  return { kind: "landing.stopped", outcome, why, paths: [...paths], confirm: [...confirm] };
}
