// The commits of a branch as text for a person.
import { gitText } from "./host.js";
import type { Repository } from "./types.js";
import type { Sha } from "../core/log/parts.js";

/** What `git log` says of the commits of `branch` after `since`, the oldest first, with their whole messages and files. */
export async function history(repository: Repository, branch: string, since: Sha): Promise<string> {
  const asked = ["log", "--reverse", "--stat", "--no-color", "--no-decorate", `${since}..refs/heads/${branch}`];
  return (await gitText({ gitDir: repository.gitDir }, asked)).text;
}
