// Turns walls into bubblewrap's command line. It must never bind anything below the worktree: what belongs in there was
// put in beforehand, because bubblewrap follows links that a confined process may have planted.
import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMPOSED } from "./compose.js";
import { proxyVariables } from "./hosts/environment.js";
import type { Walls } from "./sandbox.js";
import { inside, inSystem, LINKS_FOLDER, SYSTEM_FOLDERS, type Toolchains } from "./toolchains.js";

/** Where HOME points inside: empty at each start, and gone with the last process. */
export const INNER_HOME = "/home/agent";

export interface View {
  readonly bubblewrap: string;
  readonly user: number;
  readonly group: number;
  readonly toolchains: Toolchains;
  /** Files and folders of /etc that not everybody may read. */
  readonly secrets: readonly string[];
  /** Host folders that are covered where a system folder would show them. */
  readonly never: readonly string[];
}

/** Descriptors that the launcher passes on. */
export const FILTER_DESCRIPTOR = 3;
export const STATUS_DESCRIPTOR = 4;
export const READY_DESCRIPTOR = 5;

/** The arguments from bubblewrap's own path up to and with the `--` before the command. */
export function bubblewrapArguments(walls: Walls, view: View, composed: boolean): readonly string[] {
  return [
    view.bubblewrap,
    // A network with a proxy was made before: it is no more the machine's than one that is made here.
    ...["--unshare-all", ...(walls.hosts === undefined || walls.hosts.length === 0 ? [] : ["--share-net"])],
    ...["--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--die-with-parent", "--new-session"],
    ...["--uid", `${view.user}`, "--gid", `${view.group}`, "--hostname", "vigil", "--clearenv"],
    ...["--tmpfs", "/"],
    ...system(view, walls),
    ...["--proc", "/proc", ...kernelSettings(), "--dev", "/dev"],
    ...["--perms", "1777", "--tmpfs", "/tmp", "--perms", "1777", "--tmpfs", "/var/tmp", "--tmpfs", INNER_HOME],
    ...view.toolchains.links.flatMap(({ name, target }) => ["--symlink", target, join(LINKS_FOLDER, name)]),
    ...view.toolchains.shown.filter(({ at }) => !inside(walls.root, at)).flatMap(({ from, at }) => ["--ro-bind", from, at]),
    ...[...walls.reads, ...(walls.git?.borrows ?? [])]
      .filter((path) => !inside(walls.root, path))
      .flatMap((path) => ["--ro-bind", path, path]),
    ...tree(walls, composed),
    ...["--remount-ro", "/"],
    ...Object.entries(environment(walls, view)).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", walls.cwd ?? walls.root],
    ...["--seccomp", `${FILTER_DESCRIPTOR}`, "--info-fd", `${STATUS_DESCRIPTOR}`, "--"],
  ];
}

function system(view: View, walls: Walls): readonly string[] {
  const shown = SYSTEM_FOLDERS.flatMap((folder) => {
    const kind = lstatSync(folder, { throwIfNoEntry: false });
    if (kind === undefined) return [];
    return kind.isSymbolicLink() ? ["--symlink", readlinkSync(folder), folder] : ["--ro-bind", folder, folder];
  });
  const secrets = view.secrets.flatMap((path) =>
    lstatSync(path).isDirectory() ? ["--tmpfs", path, "--remount-ro", path] : ["--ro-bind", "/dev/null", path],
  );
  // A checkout or worktree in /opt or /usr/src would be seen with the system's folders, and its neighbours with it.
  const neighbours = SYSTEM_FOLDERS.includes(dirname(walls.root)) ? [] : [dirname(walls.root)];
  const covered = [...view.never, ...neighbours].filter((path) => inSystem(path) && existsSync(path) && lstatSync(path).isDirectory());
  return [...shown, ...secrets, ...covered.flatMap((path) => ["--tmpfs", path])];
}

// Inside, root's files are root's without any capability, and these change the host's kernel: core_pattern alone would
// run a program of the agent's choice outside.
function kernelSettings(): readonly string[] {
  return ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/acpi", "/proc/scsi", "/proc/mtrr"]
    .filter((path) => existsSync(path))
    .flatMap((path) => ["--ro-bind", path, path]);
}

function tree(walls: Walls, composed: boolean): readonly string[] {
  if (composed) return ["--bind", COMPOSED, walls.root];
  if (walls.tree.kind === "layer") return ["--bind", walls.tree.upper, walls.root];
  return [walls.tree.kind === "read" ? "--ro-bind" : "--bind", walls.root, walls.root];
}

function environment(walls: Walls, view: View): Readonly<Record<string, string>> {
  return {
    LANG: "C.UTF-8",
    TERM: "dumb",
    SHELL: "/bin/bash",
    ...view.toolchains.env,
    ...walls.env,
    ...proxyVariables(walls.hosts ?? []),
    PATH: view.toolchains.path.join(":"),
    HOME: INNER_HOME,
    TMPDIR: "/tmp",
  };
}

/** What stands in /etc and is not for everybody's eyes: as root, it would be readable inside. Three levels deep. */
export function secretsOf(folder: string, depth = 3): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const kind = lstatSync(path, { throwIfNoEntry: false });
    if (kind === undefined || kind.isSymbolicLink()) return [];
    if ((kind.mode & (kind.isDirectory() ? 0o005 : 0o004)) === 0) return [path];
    return kind.isDirectory() && depth > 1 ? secretsOf(path, depth - 1) : [];
  });
}
