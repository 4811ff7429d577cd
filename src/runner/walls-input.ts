// What the walls of this run are computed from, at this moment.
import path from "node:path";
import { listFiles } from "../git/files.js";
import { leaveOut } from "../git/leave-out.js";
import { untrackedFiles } from "../git/untracked.js";
import { dependencies } from "./dependencies.js";
import { hostsInForce } from "./hosts.js";
import type { Site } from "./site.js";
import type { Tree } from "./shop.js";
import type { WallsInput } from "./walls.js";

/** Folder that holds the accepted-so-far proposals of a read-only run, once there is one. */
export function proposalsFolder(site: Pick<Site, "worktree">): string {
  return path.join(site.worktree.home, "proposals");
}

export async function wallsInput(site: Site, tree: Tree): Promise<WallsInput> {
  const { run } = site.ledger;
  const now = run.tree ?? run.spec.base;
  const lent = await dependencies(site);
  // Copied into the worktree they would be changes wherever only the person's own settings ignore them.
  if (!site.sandbox.mounts) await leaveOut(site.worktree, lent.map(({ at }) => at));
  const proposed = run.decisions.some((decision) => decision.state === "proposed");
  return {
    worktree: site.worktree,
    policy: run.spec.policy.values,
    dependencies: lent,
    files: [...new Set([...(await listFiles(site.worktree, now)), ...(await untrackedFiles(site.worktree))])],
    tree,
    lower: proposed ? proposalsFolder(site) : undefined,
    cwd: undefined,
    hosts: await hostsInForce(site),
  };
}
