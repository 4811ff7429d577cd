// The branch that a landing makes when nobody names one: vigil/<words of the task>, never one that exists.
import type { Run } from "../../core/run/run.js";
import { branchTip } from "../../git/read.js";
import type { Repository } from "../../git/types.js";

export async function newBranchName(repository: Repository, run: Run): Promise<string> {
  const slug = slugOf(run.spec.task);
  for (let n = 1; ; n += 1) {
    const name = `vigil/${slug}${n === 1 ? "" : `-${String(n)}`}`;
    if ((await branchTip(repository, name)) === undefined) return name;
  }
}

function slugOf(task: string): string {
  const words = task
    .normalize("NFKD")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const slug = words.slice(0, 6).join("-").slice(0, 48).replace(/-+$/, "");
  return slug === "" ? "run" : slug;
}
