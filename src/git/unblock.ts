// Frees a git that hangs on the worktree: a named pipe where git expects `.gitignore`, `.gitattributes` or a repository's
// HEAD is opened and never answers. Such pipes are never content; they are woken and removed, nothing else is touched.
import { close, constants, open } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Longer than any ordinary call takes on a warm disk; only then is the tree searched. */
const patience = 4000;

/** Waits for `work`, which reads `root`, and removes what blocks it. */
export async function unblocked<T>(root: string, work: Promise<T>): Promise<T> {
  let searching = Promise.resolve();
  const timer = setInterval(() => {
    searching = searching.then(() => wake(root, false));
  }, patience);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    await searching;
  }
}

async function wake(folder: string, inGit: boolean): Promise<void> {
  // A folder that vanished or cannot be read blocks nobody; git itself says what it cannot read.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await wake(path, inGit || entry.name === ".git");
    else if (entry.isFIFO() && (inGit || entry.name.startsWith(".git"))) await answer(path);
  }
}

async function answer(path: string): Promise<void> {
  await new Promise<void>((resolve) => {
    // Opening for writing wakes the reader that waits in open(); without a reader it fails at once, which is as good.
    open(path, constants.O_WRONLY | constants.O_NONBLOCK, (error, descriptor) => (error === null ? close(descriptor, () => resolve()) : resolve()));
  });
  await rm(path, { force: true });
}
