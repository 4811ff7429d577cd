// Puts the worktree together in a private mount namespace before bubblewrap sees it: layers, git directory, masks.
// It must never mount by a path that a racing process could turn into a symbolic link: each mount point is entered,
// the kernel is asked where that really is, and the mount goes onto that folder or open file, not onto a name.
import { lstatSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { HumanError } from "../core/error.js";
import type { Walls } from "./sandbox.js";
import { inside } from "./toolchains.js";

/** Where the composed tree stands in the private namespace; the host's /sys is covered there and needed by nobody. */
export const COMPOSED = "/sys/tree";

/**
 * A bash program. Arguments: operations, then `--`, then the command to become. Descriptors 3 (filter), 4 (status)
 * and 5 (readiness) are passed on; all others are closed first, because one inherited from a terminal or an editor would be a way out.
 */
export const LAUNCHER = String.raw`
set -u
for fd in /proc/self/fd/*; do
  fd=${"$"}{fd##*/}
  if [ "$fd" -gt 5 ]; then { eval "exec $fd>&-"; } 2>/dev/null; fi
done
ulimit -c 0
die() { echo "$2" >&2; exit "$1"; }
here() { [ "$(readlink /proc/self/cwd)" = "$1" ] || die 97 "$1 is not a real folder: a link or another file is in its place"; }
enter() { cd -P -- "$1" 2>/dev/null || die 97 "$1 cannot be entered"; here "$1"; }
deepen() {
  enter "$1"
  local at=$1 part rest=$2
  while [ -n "$rest" ]; do
    part=${"$"}{rest%%/*}
    [ "$part" = "$rest" ] && rest= || rest=${"$"}{rest#*/}
    [ -e "./$part" ] || [ -L "./$part" ] || mkdir -- "./$part" || die 97 "$at/$part cannot be made"
    at=$at/$part
    enter "$at"
  done
}
grasp() {
  { exec 6<"./$2"; } 2>/dev/null || die 97 "$1/$2 cannot be opened"
  [ "$(readlink /proc/self/fd/6)" = "$1/$2" ] || die 97 "$1/$2 is not a real file: a link is in its place"
}
onto() { mount -n -c --bind "$1" "$2" || die 97 "a bind mount failed"; }
blank=
blanks() {
  [ -z "$blank" ] || return 0
  blank=/sys/blank
  mkdir $blank && mount -n -t tmpfs -o mode=0755 blank $blank && mkdir $blank/folder && : >$blank/file &&
    chmod 0444 $blank/file && chmod 0555 $blank/folder && mount -n -o remount,bind,ro $blank || die 97 "the masks cannot be made"
}
still() {
  [ -d /sys/still ] && return 0
  mkdir /sys/still && mount -n --rbind /sys/tree /sys/still && mount -n -o remount,bind,ro /sys/still || die 97 "the tree cannot be made read-only"
}
overlay() {
  exec 6<"$1" 7<"$2" 8<"$3" || die 98 "the folders of a layer cannot be opened"
  mount -n -c -t overlay -o userxattr,lowerdir=/proc/self/fd/6,upperdir=/proc/self/fd/7,workdir=/proc/self/fd/8 layer . || die 98 "an overlay cannot be mounted"
  exec 6<&- 7<&- 8<&-
}
while [ "$1" != -- ]; do
  op=$1
  shift
  case $op in
    open) mount -n -t tmpfs -o mode=0755 vigil /sys && mkdir /sys/tree || die 97 "no private file system can be mounted" ;;
    tree) mount -n --rbind "$1" /sys/tree || die 97 "$1 cannot be bound"; shift ;;
    freeze) mount -n -o remount,bind,ro /sys/tree || die 97 "the tree cannot be made read-only" ;;
    over) enter /sys/tree; overlay "$1" "$2" "$3"; shift 3 ;;
    point) deepen /sys/tree "$1"; shift ;;
    layer) enter "/sys/tree/$1"; overlay "$2" "$3" "$4"; shift 4 ;;
    put) enter "/sys/tree/$1"; onto "$2" .; shift 2 ;;
    hide-folder) blanks; enter "/sys/tree/$1"; onto /sys/blank/folder .; shift ;;
    hide-file) blanks; enter "/sys/tree$1"; grasp "/sys/tree$1" "$2"; onto /sys/blank/file /proc/self/fd/6; exec 6<&-; shift 2 ;;
    still-folder) still; enter "/sys/still/$1"; exec 6<.; enter "/sys/tree/$1"; onto /proc/self/fd/6 .; exec 6<&-; shift ;;
    still-file)
      still; enter "/sys/still$1"; grasp "/sys/still$1" "$2"; exec 7<&6 6<&-
      enter "/sys/tree$1"; grasp "/sys/tree$1" "$2"; onto /proc/self/fd/7 /proc/self/fd/6; exec 6<&- 7<&-; shift 2 ;;
    *) die 97 "unknown operation $op" ;;
  esac
done
shift
cd /
exec "$@"
`;

/** The launcher's operations for these walls; empty where bubblewrap can bind the tree by itself. */
export function composition(walls: Walls, copied: ReadonlySet<string>): readonly string[] {
  const root = realpathSync(walls.root);
  const operations: string[] = [];
  const { tree, git } = walls;

  if (tree.kind === "layer" && !copied.has(tree.upper)) operations.push("over", tree.lower ?? root, tree.upper, tree.work);
  else operations.push("tree", tree.kind === "layer" ? tree.upper : root);
  const layers = walls.layers
    .map((layer) => ({ ...layer, at: within(walls.root, layer.at) }))
    .filter(({ at }) => layerFits(root, at));
  const points = [...layers.map(({ at }) => at), ...(git === undefined ? [] : [".git"])];
  for (const at of points) operations.push("point", at);
  // The tree is frozen after its mount points exist and before anything writable is mounted into it.
  if (tree.kind === "read") operations.push("freeze");
  operations.push(...stillness(walls, root));
  for (const { at, ...layer } of layers) {
    if (copied.has(layer.upper)) operations.push("put", at, layer.upper);
    else operations.push("layer", at, layer.lower, layer.upper, layer.work);
  }
  if (git !== undefined) operations.push("put", ".git", git.dir);
  operations.push(...masks(walls, root));
  const plain = operations.length === 2 || (operations.length === 3 && operations[2] === "freeze");
  return plain ? [] : ["open", ...operations];
}

function stillness(walls: Walls, root: string): readonly string[] {
  return walls.readOnly.flatMap((path) => {
    const found = foundInTree(walls.root, root, path);
    if (found === undefined || (found.kind === "folder" && found.at === "")) return [];
    return found.kind === "folder" ? ["still-folder", found.at] : ["still-file", found.parent, found.name];
  });
}

// Last, so that nothing mounted before shows a hidden file again.
function masks(walls: Walls, root: string): readonly string[] {
  return walls.hidden.flatMap((path) => {
    const found = foundInTree(walls.root, root, path);
    if (found === undefined || (found.kind === "folder" && found.at === "")) return [];
    return found.kind === "folder" ? ["hide-folder", found.at] : ["hide-file", found.parent, found.name];
  });
}

type Found = { readonly kind: "folder"; readonly at: string } | { readonly kind: "file"; readonly parent: string; readonly name: string };

/** What stands there now, without links. What does not exist, or leads out of the tree, needs no mask of its own. */
function foundInTree(given: string, root: string, path: string): Found | undefined {
  const real = realIfAny(join(root, within(given, path)));
  if (real === undefined || !inside(root, real)) return undefined;
  const kind = lstatIfAny(real);
  if (kind === undefined) changedMeanwhile(path);
  const at = relative(root, real);
  if (kind.isDirectory()) return { kind: "folder", at };
  // A pipe or socket cannot be opened without waiting for its other end, and holds nothing to hide.
  if (!kind.isFile()) return undefined;
  const parent = dirname(at);
  return { kind: "file", parent: parent === "." ? "" : `/${parent}`, name: at.slice(parent === "." ? 0 : parent.length + 1) };
}

/** False where the agent put something else in a layer's way: it then goes without the layer instead of without a workshop. */
function layerFits(root: string, at: string): boolean {
  let path = root;
  for (const part of at.split("/")) {
    path = join(path, part);
    const kind = lstatIfAny(path);
    if (kind === undefined) return true;
    if (!kind.isDirectory()) return false;
  }
  return true;
}

function within(root: string, path: string): string {
  if (!isAbsolute(path) || !inside(root, path)) {
    throw new HumanError(`The walls cannot be put up: ${path} does not lie in ${root}. This is a fault of the program that asked; report it.`);
  }
  return relative(root, path);
}

function lstatIfAny(path: string): ReturnType<typeof lstatSync> | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function realIfAny(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    if (code === "EINVAL") changedMeanwhile(path);
    throw error;
  }
}

function changedMeanwhile(path: string): never {
  throw new HumanError(
    `The walls were not put up: ${path} changed meanwhile. Something outside of the sandbox, or a workshop that still runs, changes the worktree; end it and start again.`,
  );
}
