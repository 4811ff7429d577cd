// Where things stand inside on macOS, where nothing can be mounted: a layer over the tree is a copy at a path of its own,
// and what the walls say of the tree is said of that copy. Values only; the copies are made elsewhere.
import { join, relative } from "node:path";
import { proxyVariables } from "../hosts/environment.js";
import type { Walls } from "../sandbox.js";
import { inside, LINKS_FOLDER, type Toolchains } from "../toolchains.js";

/** Folders that the backend makes for one confined program and removes after it. All below `folder`, which is not writable inside. */
export interface Support {
  readonly folder: string;
  readonly home: string;
  readonly temporary: string;
  /** First on PATH: Node, npm beside it, and git as it finds the agent's own directory. */
  readonly programs: string;
  readonly profile: string;
}

export function supportIn(folder: string): Support {
  return { folder, home: join(folder, "home"), temporary: join(folder, "tmp"), programs: join(folder, "bin"), profile: join(folder, "walls.sb") };
}

/** Stands for the inner home until one is made: toolchains are looked for once, homes are made for each program. */
export const HOME_PLACE = "/vigil-home";

/** The walls in terms of where the tree stands inside: a layer has become a writable folder of its own. */
export function placed(walls: Walls): Walls {
  const { tree } = walls;
  if (tree.kind !== "layer") return walls;
  const moved = (path: string): string => (inside(walls.root, path) ? join(tree.upper, relative(walls.root, path)) : path);
  return {
    ...walls,
    root: tree.upper,
    tree: { kind: "write" },
    layers: walls.layers.map((layer) => ({ ...layer, at: moved(layer.at) })),
    hidden: walls.hidden.map(moved),
    readOnly: walls.readOnly.map(moved),
    ...(walls.cwd === undefined ? {} : { cwd: moved(walls.cwd) }),
  };
}

/** The whole environment. `port`: the proxy's, where hosts are open. */
export function environment(walls: Walls, toolchains: Toolchains, support: Support, port: number | undefined): Readonly<Record<string, string>> {
  const own = Object.fromEntries(Object.entries(walls.env).filter(([name]) => !/^DYLD_/i.test(name)));
  return {
    LANG: "C.UTF-8",
    TERM: "dumb",
    SHELL: "/bin/bash",
    ...toolchains.env,
    ...own,
    ...(port === undefined ? {} : proxyVariables(walls.hosts ?? [], port)),
    PATH: toolchains.path.map((folder) => (folder === LINKS_FOLDER ? support.programs : folder)).join(":"),
    HOME: support.home,
    TMPDIR: support.temporary,
  };
}

/**
 * A shell program in git's place. The agent's git directory cannot be mounted as `.git`; a file of that name would make a
 * person's own git open it, and a variable for all programs would lead a test's `git init` astray. So only git is told,
 * and only where its search for a repository would end at the tree's root.
 */
export function gitInPlace(git: string, directory: string, root: string): string {
  return `#!/bin/bash
root=${quoted(root)}
at=$(pwd -P)
words=("$@")
n=0
while [ "$n" -lt "$#" ]; do
  case \${words[n]} in
    -C) n=$((n + 1)); at=$(cd "$at" 2>/dev/null && cd -- "\${words[n]}" 2>/dev/null && pwd -P) || break ;;
    -c | --exec-path | --config-env | --namespace) n=$((n + 1)) ;;
    --git-dir | --git-dir=* | --work-tree | --work-tree=* | --bare | init | clone) at=; break ;;
    -*) ;;
    *) break ;;
  esac
  n=$((n + 1))
done
if [ -n "$at" ] && [ -z "\${GIT_DIR:-}" ]; then
  while [ "$at" != "$root" ]; do
    case $at in "$root"/*) ;; *) break ;; esac
    if [ -f "$at/.git" ] || [ -e "$at/.git/HEAD" ] || { [ -e "$at/HEAD" ] && [ -d "$at/objects" ] && [ -d "$at/refs" ]; }; then break; fi
    at=\${at%/*}
  done
  if [ "$at" = "$root" ]; then
    export GIT_DIR=${quoted(directory)} GIT_WORK_TREE=$root
  fi
fi
exec ${quoted(git)} "$@"
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
