// The diff set of a run: every version that a changed file went through, read from the run's own git data, then traced
// line by line to the decisions that own them.
import { createHash } from "node:crypto";
import { diffSet, type DiffSet, type FileVersion } from "../core/review/diff-set.js";
import { UNEXPLAINED } from "../core/review/origins.js";
import type { Sha } from "../core/log/parts.js";
import type { Run } from "../core/run/run.js";
import { changedFiles } from "../git/changed-files.js";
import { patchBytes } from "../git/compare.js";
import type { Worktree } from "../git/types.js";
import type { RunAndLog } from "./read-run.js";
import { requireFiles } from "./run-files.js";
import { worktreeOf } from "./worktree-of.js";

/** Proposed decisions are included. Throws HumanError when `vigil remove` has freed the run's git data. */
export async function diffRun(view: RunAndLog): Promise<DiffSet> {
  const { run } = view;
  const worktree = worktreeOf(view);
  const passages = passagesOf(run);
  const head = passages.at(-1)?.to ?? run.spec.base;
  if (passages.length > 0) await requireFiles(view, "its diff cannot be shown");
  const versions = await versionsOf(worktree, passages);
  return diffSet({ base: run.spec.base, head, files: versions, decisions: run.decisions });
}

/** The whole change as git itself writes it: what `git apply` takes, binary files and odd names included. */
export async function patchRun(view: RunAndLog): Promise<Buffer> {
  const passages = passagesOf(view.run);
  const head = passages.at(-1)?.to;
  if (head === undefined) return Buffer.alloc(0);
  await requireFiles(view, "its diff cannot be shown");
  return patchBytes(worktreeOf(view), view.run.spec.base, head);
}

/** From one tree to the next, and who explains the way. */
interface Passage {
  readonly owner: string;
  readonly from: Sha;
  readonly to: Sha;
}

// Rejected decisions are passed through as well: what they wrote and what took it out again cancel each other.
function passagesOf(run: Run): readonly Passage[] {
  const passages: Passage[] = [];
  let at: Sha = run.spec.base;
  const pass = (owner: string, to: Sha | undefined): void => {
    if (to === undefined || to === at) return;
    passages.push({ owner, from: at, to });
    at = to;
  };
  pass(UNEXPLAINED, run.startTree);
  for (const decision of run.decisions) {
    pass(UNEXPLAINED, decision.before);
    pass(decision.id, decision.state === "open" ? run.tree : decision.after);
  }
  pass(UNEXPLAINED, run.tree);
  return passages;
}

async function versionsOf(worktree: Worktree, passages: readonly Passage[]) {
  const found = new Map<string, FileVersion[]>();
  const steps = await changedFiles(worktree, passages, contentOf);
  for (const [at, { owner }] of passages.entries()) {
    for (const { path, before, after } of steps[at] ?? []) {
      // What a file was before the first passage that changed it, it was at the base.
      const versions = found.get(path) ?? [versionOf("base", before)];
      versions.push(versionOf(owner, after));
      found.set(path, versions);
    }
  }
  return [...found].map(([path, versions]) => ({ path, versions }));
}

type Content = Pick<FileVersion, "text" | "binary">;

/** A binary file's bytes are not compared by lines: their digest stands for them, so that equal ones count as equal. */
function contentOf(bytes: Uint8Array): Content {
  const text = textOf(bytes);
  return text === undefined ? { text: createHash("sha256").update(bytes).digest("hex"), binary: true } : { text };
}

function versionOf(owner: string, file: { readonly mode: string; readonly content: Content } | undefined): FileVersion {
  return file === undefined ? { owner, text: undefined, mode: "000000" } : { owner, mode: file.mode, ...file.content };
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8000).includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
