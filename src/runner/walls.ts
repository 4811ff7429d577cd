// The walls of every confined process of a run, computed from the same stage and policy that judge its calls.
import { lstat, mkdir } from "node:fs/promises";
import path from "node:path";
import { globMatcher } from "../core/judge/glob.js";
import type { PolicyValues } from "../core/policy/schema.js";
import type { Worktree } from "../git/types.js";
import type { LayerMount, Walls } from "../sandbox/sandbox.js";
import type { Dependency } from "./dependencies.js";
import type { Tree } from "./shop.js";

export interface WallsInput {
  readonly worktree: Worktree;
  readonly policy: PolicyValues;
  readonly dependencies: readonly Dependency[];
  /** Every file of the worktree, tracked or not, repo-relative: hidden ones among them are masked. */
  readonly files: readonly string[];
  readonly tree: Tree;
  /** What lies under the throw-away layer when it is not the worktree itself: accepted-so-far proposals at read-only. */
  readonly lower: string | undefined;
  readonly cwd: string | undefined;
  /** Hosts that may be reached. */
  readonly hosts: readonly string[];
}

/** Walls of the workshop. Creates the layer folders; the dependency mount points must be real folders or are left out. */
export async function workshopWalls(input: WallsInput): Promise<Walls> {
  const { worktree } = input;
  const { upper, work } = throwAwayLayer(worktree);
  await mkdir(upper, { recursive: true });
  await mkdir(work, { recursive: true });
  return {
    root: worktree.root,
    tree: input.tree === "write" ? { kind: "write" } : { kind: "layer", upper, work, ...(input.lower === undefined ? {} : { lower: input.lower }) },
    layers: await dependencyLayers(input, worktree.root, path.join(worktree.layers, "dependencies")),
    git: { dir: worktree.agentGit, borrows: [worktree.history] },
    ...boundaries(input, worktree.root),
    reads: [],
    env: {},
    hosts: input.hosts,
    ...(input.cwd === undefined ? {} : { cwd: input.cwd }),
  };
}

/** Where the writes of the throw-away layer go. */
export function throwAwayLayer(worktree: Worktree): { readonly upper: string; readonly work: string } {
  const folder = path.join(worktree.layers, "throw-away");
  return { upper: path.join(folder, "upper"), work: path.join(folder, "work") };
}

/** Walls of a check: a layer of its own over `root`, so that it cannot change what its receipt names. */
export async function checkWalls(input: WallsInput, root: string, scratch: string): Promise<Walls> {
  const upper = path.join(scratch, "upper");
  const work = path.join(scratch, "work");
  await mkdir(upper, { recursive: true });
  await mkdir(work, { recursive: true });
  return {
    root,
    tree: { kind: "layer", upper, work },
    layers: await dependencyLayers(input, root, path.join(scratch, "dependencies")),
    git: undefined,
    ...boundaries(input, root),
    reads: [],
    env: { CI: "true" },
    hosts: input.hosts,
  };
}

function boundaries(input: WallsInput, root: string): Pick<Walls, "hidden" | "readOnly"> {
  const hides = globMatcher(input.policy.hidden);
  return {
    hidden: input.files.filter((file) => hides(file)).map((file) => path.join(root, file)),
    readOnly: [],
  };
}

async function dependencyLayers(input: WallsInput, root: string, folder: string): Promise<LayerMount[]> {
  const mounts: LayerMount[] = [];
  for (const [n, dependency] of input.dependencies.entries()) {
    const at = path.join(root, dependency.at);
    if (!(await madeRealFolder(root, dependency.at))) continue;
    const mount = { at, lower: dependency.lower, upper: path.join(folder, String(n), "upper"), work: path.join(folder, String(n), "work") };
    await mkdir(mount.upper, { recursive: true });
    await mkdir(mount.work, { recursive: true });
    mounts.push(mount);
  }
  return mounts;
}

// The agent may have put a link or a file in the way while it could write: then the layer is left out, never followed.
async function madeRealFolder(root: string, relative: string): Promise<boolean> {
  let at = root;
  for (const part of relative.split("/")) {
    at = path.join(at, part);
    const found = await lstat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (found === undefined) await mkdir(at);
    else if (!found.isDirectory()) return false;
  }
  return true;
}
