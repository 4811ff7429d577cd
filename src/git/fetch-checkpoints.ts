// Brings another run's checkpoints into this run's own git directory, so that its proposals can be adopted and that
// run's disk be freed afterwards. Reads the other directory, writes only ours.
import { git } from "./host.js";
import type { Worktree } from "./types.js";

/** `from`: the other run's private git directory. */
export async function fetchCheckpoints(worktree: Worktree, from: string): Promise<void> {
  await git(
    { gitDir: worktree.gitDir },
    ["fetch", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--quiet", from, "+refs/vigil/checkpoints/*:refs/vigil/adopted/*"],
    { config: ["transfer.fsckObjects=true", "protocol.file.allow=always"] },
  );
}
