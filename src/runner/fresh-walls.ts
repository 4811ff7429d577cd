// The walls of the next workshop or set-up command, with the agent's git directory made anew: after the agent could
// write it, it is hostile, and nobody but the next confined process may use one.
import { globMatcher } from "../core/judge/glob.js";
import { remakeAgentGit } from "../git/agent-git.js";
import type { Walls } from "../sandbox/sandbox.js";
import type { Tree } from "./shop.js";
import type { Site } from "./site.js";
import { workshopWalls } from "./walls.js";
import { wallsInput } from "./walls-input.js";

/** HEAD of the agent's git is the last checkpoint that counts. No confined process may be running. */
export async function freshWalls(site: Site, tree: Tree): Promise<Walls> {
  const { run } = site.ledger;
  const counts = run.decisions.findLast((decision) => decision.checkpoint !== undefined && (decision.state === "kept" || decision.state === "proposed"));
  await remakeAgentGit(site.worktree, counts?.checkpoint ?? run.spec.base, run.spec.policy.values["worktree.history"], globMatcher(run.spec.policy.values.hidden));
  return workshopWalls(await wallsInput(site, tree));
}
