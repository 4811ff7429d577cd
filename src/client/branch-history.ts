// What a landing put on a branch, as git tells it.
import type { Sha } from "../core/log/parts.js";
import { history } from "../git/history.js";
import type { Workspace } from "./open-repository.js";

export async function branchHistory(workspace: Workspace, branch: string, since: Sha): Promise<string> {
  return history(workspace.repository, branch, since);
}
