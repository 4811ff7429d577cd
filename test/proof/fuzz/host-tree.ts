// The part of a machine that no run may change, as one value: content, kind, mode, owner, links and times of everything
// below some folders and of some single files. It follows no link.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type BigIntStats } from "node:fs";
import { join } from "node:path";

/** Path → what stands there. Two machines are equal where these are. */
export type HostTree = ReadonlyMap<string, string>;

/** Deeper than anything that stands on a host here, and less deep than what a recursion or a path of the kernel's can hold. */
const DEEPEST = 60;

/** `except`: absolute paths that are left out with all below them; the times of the folders that they lie in are left out too. */
export function hostTree(places: readonly string[], except: readonly string[]): HostTree {
  const found = new Map<string, string>();
  const walk = (path: string, depth: number): void => {
    if (except.includes(path)) return;
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) {
      found.set(path, "nothing");
      return;
    }
    const movesTimes = except.some((other) => other.startsWith(`${path}/`));
    found.set(path, `${facts(stats, !movesTimes)} ${contentOf(path, stats)}`);
    if (stats.isDirectory() && depth < DEEPEST) for (const name of readdirSync(path)) walk(join(path, name), depth + 1);
  };
  for (const place of places) walk(place, 0);
  return found;
}

/** What differs, as sentences; empty where nothing does. */
export function differences(before: HostTree, after: HostTree): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path) ?? "nothing", after.get(path) ?? "nothing"];
    return was === is ? [] : [`${path} was ${was}, is ${is}`];
  });
}

/** One value for the whole, to be published. */
export function digest(tree: HostTree): string {
  const hash = createHash("sha256");
  for (const [path, facts] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${facts}\0`);
  return hash.digest("hex");
}

// Reading changes the time of access, which therefore says nothing.
function facts(stats: BigIntStats, withTimes: boolean): string {
  const times = withTimes ? ` ${stats.mtimeNs} ${stats.ctimeNs}` : "";
  const size = stats.isDirectory() ? "" : ` ${stats.size} ${stats.nlink}`;
  return `${stats.mode.toString(8)} ${stats.uid}:${stats.gid}${size}${times}`;
}

function contentOf(path: string, stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return stats.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
}
