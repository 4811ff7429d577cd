// Which objects a git directory lacks. For proving a record; nothing is read but their headers.
import { git } from "./host.js";
import type { Sha } from "../core/log/parts.js";

/** Those of `ids` that are not there, in their order. */
export async function missingObjects(gitDir: string, ids: readonly Sha[]): Promise<readonly Sha[]> {
  if (ids.length === 0) return [];
  const { stdout } = await git({ gitDir }, ["cat-file", "--batch-check"], { input: ids.map((id) => `${id}\n`).join("") });
  const lines = stdout.toString("utf8").split("\n");
  return ids.filter((_, at) => !/^[0-9a-f]+ [a-z]+ \d+$/.test(lines[at] ?? ""));
}
