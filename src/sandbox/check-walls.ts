// Refuses walls that would not hold before anything is started with them. It must never repair what it is given.
import { lstatSync } from "node:fs";
import { isAbsolute, normalize } from "node:path";
import { HumanError } from "../core/error.js";
import type { Walls } from "./sandbox.js";
import { inside } from "./toolchains.js";

/** The same walls, without variables that hold a key. Throws HumanError with what is wrong. */
export function checkWalls(walls: Walls, home: string): Walls {
  const { root, tree, git } = walls;
  const paths = [
    root,
    ...(tree.kind === "layer" ? [tree.upper, tree.work, ...(tree.lower === undefined ? [] : [tree.lower])] : []),
    ...walls.layers.flatMap(({ at, lower, upper, work }) => [at, lower, upper, work]),
    ...(git === undefined ? [] : [git.dir, ...git.borrows]),
    ...walls.hidden,
    ...walls.readOnly,
    ...walls.reads,
    ...(walls.cwd === undefined ? [] : [walls.cwd]),
  ];
  for (const path of paths) {
    if (!isAbsolute(path) || normalize(path) !== path || path.includes("\0")) refuse(`${JSON.stringify(path)} is not a plain absolute path`);
  }
  if (root === "/" || inside(root, home)) refuse(`${root} holds the home folder, so nothing would be left to protect; use a worktree folder of its own`);
  mustBeFolder(root, "the worktree");
  if (tree.kind === "layer" && tree.lower !== undefined) mustBeFolder(tree.lower, "what lies under the layer");
  if (git !== undefined) mustBeFolder(git.dir, "the agent's git directory");
  for (const { lower } of walls.layers) mustBeFolder(lower, "a dependency folder");
  for (const path of [...walls.hidden, ...walls.readOnly, ...walls.layers.map(({ at }) => at)]) {
    if (!inside(root, path) || path === root) refuse(`${path} does not lie in the worktree ${root}`);
  }
  for (const path of walls.reads) {
    if (inside(path, home) || inside(path, root)) refuse(`${path} holds the home folder or the worktree and cannot be shown as a whole`);
  }
  const env = Object.fromEntries(Object.entries(walls.env).filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && !/^(ANTHROPIC_|LD_|BASH_ENV$)/i.test(name)));
  return { ...walls, env, reads: walls.reads.filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined) };
}

function mustBeFolder(path: string, what: string): void {
  const kind = lstatSync(path, { throwIfNoEntry: false });
  if (kind === undefined || !kind.isDirectory()) refuse(`${path}, ${what}, is not a folder`);
}

function refuse(why: string): never {
  throw new HumanError(`The sandbox was not started: ${why}.`);
}
