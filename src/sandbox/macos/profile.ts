// The Seatbelt profile of one confined program, as text computed from values. Everything is denied that no rule names, and
// where two rules meet the later one holds: system, then what must never be seen, then the tree, then what is shut in it.
// It must name no operation that some macOS lacks: one unknown word, and nothing starts there at all.
import { dirname } from "node:path";
import { HumanError } from "../../core/error.js";
import { inside } from "../toolchains.js";

/** Absolute real paths throughout, because the kernel compares what a path leads to. A folder stands for all below it. */
export interface ProfileView {
  /** The tree inside. */
  readonly root: string;
  /** Toolchains and other programs of the machine besides the system's. */
  readonly programs: readonly string[];
  /** Shut although a folder of the system or a toolchain holds them: the checkout, other runs, secrets of /etc. */
  readonly never: readonly string[];
  /** Readable whatever `never` says: the tree, the agent's git directory and what it borrows. */
  readonly reads: readonly string[];
  /** Writable, and readable too. */
  readonly writes: readonly string[];
  /** In the tree: there, but neither readable nor changeable. */
  readonly hidden: readonly string[];
  /** In the tree: readable and not changeable. */
  readonly still: readonly string[];
  /** A port of this machine's loopback that may be called: the proxy's. None where no host is open. */
  readonly port: number | undefined;
}

/**
 * What programs need of the system, and no more: /Library and /private hold key chains, settings and databases, and
 * /System/Volumes/Data is the whole disk under a second name.
 */
export const SYSTEM: readonly string[] = [
  "/usr", "/bin", "/sbin", "/opt", "/nix/store",
  "/System/Library", "/System/iOSSupport", "/System/Cryptexes", "/System/Volumes/Preboot/Cryptexes",
  "/Library/Apple", "/Library/Developer", "/Library/Frameworks", "/Library/Java",
  "/private/etc", "/private/var/db/dyld", "/private/var/db/timezone", "/private/var/select",
];

/** Databases of services that people run from Homebrew or MacPorts. */
const SERVICES: readonly string[] = ["/usr/local/var", "/opt/homebrew/var", "/opt/local/var"];

/** Links at the top of the disk that every path through them is resolved by. */
const TOP_LINKS: readonly string[] = ["/etc", "/tmp", "/var"];

const DEVICES: readonly string[] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/dtracehelper", "/dev/stdin", "/dev/stdout", "/dev/stderr"];

/** About the processor and the system. None that names other processes: `kern.procargs2` shows their environment. */
const KERNEL_PREFIXES: readonly string[] = ["hw.", "machdep.cpu.", "kern.os"];
const KERNEL_NAMES: readonly string[] = [
  "kern.argmax", "kern.hostname", "kern.maxfiles", "kern.maxfilesperproc", "kern.maxproc", "kern.ngroups", "kern.version", "kern.secure_kernel", "kern.usrstack64",
  "kern.iossupportversion", "kern.willshutdown", "machdep.ptrauth_enabled", "security.mac.lockdown_mode_state", "sysctl.proc_cputype", "vm.loadavg",
];

const READ = "file-read* file-map-executable process-exec*";
/** Bytes. Seatbelt refuses a text of more than 1,025. */
const LONGEST = 900;

/** Throws HumanError where a path cannot be named in a profile. */
export function seatbeltProfile(view: ProfileView): string {
  const shut = [...view.hidden, ...view.still];
  return [
    "(version 1)",
    "(deny default)",
    "(allow process-fork)",
    // Processes see and signal only those of their own sandbox; ending it depends on this rule, so the self-test tries it first.
    "(allow process-info* (target same-sandbox))",
    "(allow signal (target same-sandbox))",
    // Names of users. No other service: neither key chain, clipboard, preferences, launchd, Apple events nor name look-up.
    '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))',
    // Python's locks. They carry no data.
    "(allow ipc-posix-sem)",
    rule("allow", "sysctl-read", [...KERNEL_PREFIXES.map((name) => `(sysctl-name-prefix ${quoted(name)})`), ...KERNEL_NAMES.map((name) => `(sysctl-name ${quoted(name)})`)]),
    rule("allow", "file-read*", [...DEVICES, "/"].map(exactly)),
    rule("allow", "file-read* file-write-data", [below("/dev/fd")]),
    rule("allow", "file-write-data", ["/dev/null", "/dev/zero", "/dev/stdout", "/dev/stderr"].map(exactly)),
    rule("allow", "file-ioctl", ["/dev/null", "/dev/dtracehelper"].map(exactly)),
    rule("allow", READ, [...SYSTEM, ...view.programs].map(below)),
    rule("deny", READ, [...SERVICES, ...view.never].map(below)),
    rule("allow", READ, [...view.reads, ...view.writes].map(below)),
    // A path can be resolved only where each folder on the way may be asked what it is; their content stays shut.
    rule("allow", "file-read-metadata", [...TOP_LINKS, ...ancestors([...SYSTEM, ...view.programs, ...view.reads, ...view.writes])].map(exactly)),
    rule("allow", "file-write*", view.writes.map(below)),
    // Host git works on the tree with a directory of its own, but a person's would open what stands here.
    rule("deny", "file-write*", [below(`${view.root}/.git`)]),
    "(deny file-write-setugid)",
    rule("deny", READ, view.hidden.map(below)),
    rule("allow", "file-read-metadata", view.hidden.map(below)),
    rule("deny", "file-write*", shut.map(below)),
    // Under another folder's name a rule about a path would no longer hold.
    rule("deny", "file-write-unlink", ancestors(shut).filter((path) => inside(view.root, path)).map(exactly)),
    ...(view.port === undefined ? [] : [`(allow network-outbound (remote ip "localhost:${view.port}"))`]),
  ]
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}

/** Nothing where no filter is left: without any, a rule would be about every path. */
function rule(action: "allow" | "deny", operations: string, filters: readonly string[]): string {
  return filters.length === 0 ? "" : `(${action} ${operations}\n${[...new Set(filters)].map((filter) => `  ${filter}`).join("\n")})`;
}

function below(path: string): string {
  return `(subpath ${quoted(path)})`;
}

function exactly(path: string): string {
  return `(literal ${quoted(path)})`;
}

function quoted(text: string): string {
  if (/[\0-\x1f\x7f]/.test(text)) throw new HumanError(`The sandbox was not started: ${JSON.stringify(text)} holds a control character, which no rule can name. Rename it.`);
  if (Buffer.byteLength(text) > LONGEST) throw new HumanError(`The sandbox was not started: ${text} is longer than a rule can name (${LONGEST} bytes). Use a worktree folder with a shorter path (vigil.worktrees.folder).`);
  return `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
}

function ancestors(paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) for (let folder = dirname(path); folder !== "/" && !found.has(folder); folder = dirname(folder)) found.add(folder);
  return [...found].sort();
}
