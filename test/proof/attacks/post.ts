// Where a campaign stands: below which folder, as which user, with which bundles. What a machine cannot offer is said, and
// never replaced by something that looks like it.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { CASES_FOLDER } from "./cases.js";

/** A user who owns nothing here. */
const OTHER = 65534;

export type Where = "masked" | "unmasked";
export type Who = "current user" | "other user";

export interface Post {
  readonly name: string;
  /** The case's own folder is made below it. */
  readonly base: string;
  /** Words before every command of the person. */
  readonly as: readonly string[];
  readonly owner: number | undefined;
  readonly dist: string;
  readonly node: string;
  readonly lib: string;
  remove(): void;
}

export function thisUser(): string {
  return process.getuid?.() === 0 ? "root" : "an ordinary user";
}

/** The post, or why this machine has no such place. */
export function takePost(where: Where, who: Who, dist: string): Post | string {
  if (who === "other user" && process.getuid?.() !== 0) return "only root can run the product as another user";
  const base = where === "masked" ? tmpdir() : unmasked();
  if (base === undefined) return "there is no folder here that is neither masked nor a system folder and that this user may write";
  const kit = mkdtempSync(join(realpathSync(base), "vk-"));
  chmodSync(kit, 0o755);
  const ours = who === "current user";
  const node = realpathSync(process.execPath);
  const lib = join(kit, "lib");
  cpSync(CASES_FOLDER, lib, { recursive: true });
  const bundles = join(kit, "dist");
  cpSync(dist, bundles, { recursive: true });
  const stand = join(kit, "r");
  mkdirSync(stand, { mode: 0o755 });
  if (!ours) chownSync(stand, OTHER, OTHER);
  const as = ours ? [] : ["setpriv", `--reuid=${String(OTHER)}`, `--regid=${String(OTHER)}`, "--clear-groups"];
  return {
    name: `${where} root, ${ours ? thisUser() : "another user"}`,
    base: stand,
    as,
    owner: ours ? undefined : OTHER,
    dist: bundles,
    node: ours || opens(as, node) ? node : copied(node, kit),
    lib,
    remove: () => rmSync(kit, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A folder that the sandbox neither masks nor shows as the system's. */
function unmasked(): string | undefined {
  const own = process.getuid?.() === 0 ? ["/srv", "/"] : [];
  return own.find((folder) => existsSync(folder));
}

function opens(as: readonly string[], file: string): boolean {
  try {
    execFileSync("/usr/bin/env", [...as, file, "--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if (error instanceof Error && "status" in error) return false;
    throw error;
  }
}

/** The other user cannot enter the folder of this Node, so it gets a copy of the installation. */
function copied(node: string, kit: string): string {
  const prefix = dirname(dirname(node));
  cpSync(prefix, join(kit, "node"), { recursive: true, verbatimSymlinks: true });
  return join(kit, "node", basename(dirname(node)), basename(node));
}
