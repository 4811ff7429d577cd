// Paths as nobody should write them: out of the tree by every road, and names that programs read in different ways.
import type { Chance } from "../../chance.js";

/** What is there to aim at. All absolute. */
export interface Targets {
  readonly root: string;
  /** Files and folders of the host that exist, and places where something could be put. */
  readonly host: readonly string[];
  /** A word that no other process or file of this machine has. */
  readonly mark: string;
}

const INSIDE = ["src/a.js", "src", "package.json", "sub/deep/f.txt", "sub/deep", "sub", ".", "new.txt", "src/new/deep/x.ts", "node_modules/dep/index.js", "node_modules", ".env", "secrets/key.pem", ".gitignore", ".gitattributes", ".gitmodules", ".git", ".git/config", ".git/hooks/pre-commit", ".git/HEAD", "vendor/lib.js", ".vscode/settings.json", "db/migrations/1.sql", "docs/guide.md"] as const;
const SYSTEM = ["/", "/etc/passwd", "/etc/shadow", "/etc/cron.d/x", "/usr/local/bin/x", "/root/.bashrc", "/home/agent/x", "/home/agent", "/run/x", "/opt/x", "/dev/null", "/dev/tty", "/dev/mem", "/dev/sda", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/mem", "/proc/1/environ", "/proc/self/exe", "/proc/self/ns/mnt", "/sys/kernel/uevent_helper", "/sys/tree", "/sys/still", "/sys/blank/file", "/sys/fs/cgroup/cgroup.procs", "/var/log/x", "/boot/x"] as const;
const NAMES = ["-rf", "--help", "--", "-", "~", "~root", "$HOME", "*", "?", "[a-z]", "a b", "it's", 'say "x"', "new\nline", "tab\there", "caf\u00e9", "cafe\u0301", "\u202efdp.exe", "a\u200bb", ".gi\u200ct", ".GIT", "git~1", ".git.", ".git ", ".git::$INDEX_ALLOCATION", "con", "C:\\x", "\\\\host\\share", "file:///etc/passwd", "...", ".. ", "..\u2215..", "%2e%2e", ":(top)x", ":!x", "a\\b", "\u{1f600}", "\uFFFD", "x".repeat(255), "$(id)", "`id`", ";id", "&", "|"] as const;

/** One path, as text. It may hold a NUL, which no shell line can. */
export function evilPath(targets: Targets, chance: Chance): string {
  const host = chance.pick(targets.host);
  switch (chance.below(16)) {
    case 0:
    case 1:
    case 2:
      return chance.pick(INSIDE);
    case 3:
    case 4:
    case 5:
      return host;
    case 6:
      return `${"../".repeat(1 + chance.below(14))}${chance.oneIn(2) ? host.slice(1) : (host.split("/").at(-1) ?? "")}`;
    case 7:
      return `${chance.pick(["/proc/self/root", "/proc/1/root", "/proc/self/cwd/..", "/proc/thread-self/root", "/proc/2/cwd", "/proc/$PPID/root", "/proc/$$/root", "/dev/fd/0/..", "/sys/tree/..", "/proc/self/fd/9"])}${host}`;
    case 8:
      return `${chance.pick(["link", "link2", "sub/link", "src/link"])}${chance.pick(["", "/", `/${host.split("/").at(-1) ?? ""}`, "/..", "/../canary", host])}`;
    case 9:
      return chance.pick(SYSTEM);
    case 10:
      return chance.pick(NAMES);
    case 11:
      return `${chance.pick(INSIDE)}/${chance.pick(NAMES)}`;
    case 12:
      return `${targets.root}/${chance.pick([chance.pick(INSIDE), `../${chance.pick(NAMES)}`, `.//./${chance.pick(INSIDE)}`, `src/../../${host.split("/").at(-1) ?? ""}`])}`;
    case 13:
      return chance.pick([`${"d/".repeat(2_000)}x`, "y".repeat(5_000), `${"../".repeat(3_000)}${host.slice(1)}`, `${host}\0.txt`, `src/a.js\0${host}`]);
    case 14:
      return `${chance.pick(["/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/root", "/opt"])}/${targets.mark}${chance.below(100)}`;
    default:
      return `${host}/${targets.mark}${chance.below(100)}`;
  }
}

/** The path as one word of a shell line, in one of the ways in which people write it. */
export function shellPath(path: string, chance: Chance): string {
  const plain = path.replaceAll("\0", "");
  // Some are to be expanded: that is what they are there for.
  if (/^[\w./~$*?-]+$/u.test(plain) && !chance.oneIn(3)) return plain;
  if (chance.oneIn(4) && !/["$`\\]/u.test(plain)) return `"${plain}"`;
  return `'${plain.replaceAll("'", "'\\''")}'`;
}
