// A run's lock: whoever holds it is the run's only writer. The kernel decides who that is; the text inside says only whom
// to name to a person. Nothing here breaks, steals or times out a lock.
import { closeSync, fstatSync, ftruncateSync, readFileSync, statSync, writeSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isKernelLocked, takeKernelLock } from "./kernel-lock.js";
import type { LockInfo } from "./store.js";
import { asWriteFailed, errorCode } from "./write-failed.js";

const lockText = z.object({ pid: z.number().int(), host: z.string(), boot: z.string(), started: z.number() });

/** How long a writer goes on trying when all it met were others who only asked, in milliseconds. */
const PATIENCE_MS = 2_000;
/** How long the holder's name is waited for, in milliseconds: it is written just after the lock was taken. */
const NAME_MS = 100;

export interface HeldLock {
  /** Ends the lock. Safe to call twice. */
  release(): void;
}

export type LockTaken = { readonly kind: "locked"; readonly lock: HeldLock } | { readonly kind: "held"; readonly by: LockInfo | undefined };

/** Takes the lock of the file at `path`, or says who has it. Waits only for those who merely ask whether it is held. */
export async function takeLock(path: string, now: number): Promise<LockTaken> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const tried = await takeKernelLock(path);
    if (tried.kind === "locked") {
      if (isStill(path, tried.fd)) return { kind: "locked", lock: named(path, tried.fd, now) };
      // The run was removed, and perhaps made again, between the opening and the locking: this lock is on nothing.
      closeSync(tried.fd);
      continue;
    }
    if (await isKernelLocked(path)) return { kind: "held", by: await nameOf(path) };
    if (performance.now() > deadline) return { kind: "held", by: undefined };
    // Two that ask each other at the same pace would go on doing so.
    await pause(1 + Math.random() * 10);
  }
}

/** Who holds the lock, or `undefined` when nobody does. `pid` is 0 for a holder that has not written its name. */
export async function lockHolder(path: string): Promise<LockInfo | undefined> {
  try {
    if (!(await isKernelLocked(path))) return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  return (await nameOf(path)) ?? { pid: 0, host: "", boot: "", started: 0 };
}

function isStill(path: string, fd: number): boolean {
  const mine = fstatSync(fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === mine.ino && there.dev === mine.dev;
}

function named(path: string, fd: number, now: number): HeldLock {
  const info: LockInfo = { pid: process.pid, host: hostname(), boot: bootId(), started: now };
  let open = true;
  const release = (): void => {
    if (!open) return;
    open = false;
    closeSync(fd);
  };
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${JSON.stringify(info)}\n`, 0);
  } catch (error) {
    release();
    throw asWriteFailed(error, path);
  }
  return { release };
}

/** The name in the lock file. One whose process is gone is the last holder's: the present one is about to write its own. */
async function nameOf(path: string): Promise<LockInfo | undefined> {
  const deadline = performance.now() + NAME_MS;
  for (;;) {
    const info = nameNow(path);
    if ((info !== undefined && !isGone(info)) || performance.now() > deadline) return info;
    await pause(10);
  }
}

function nameNow(path: string): LockInfo | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined; // Windows keeps the file shut while it is locked; elsewhere the run was just removed.
  }
  try {
    return lockText.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Half-written: looked at again.
  }
}

/** True when the named process certainly ended. A process of another machine or container cannot be asked about. */
function isGone(info: LockInfo): boolean {
  if (info.host !== hostname() || info.pid <= 0) return false;
  if (info.boot !== bootId()) return true;
  try {
    process.kill(info.pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }
}

/** Tells one boot of this machine from another. */
function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // No such file outside Linux: the minute of the boot does, and does not drift as the second would.
    return String(Math.round((Date.now() / 1000 - uptime()) / 60));
  }
}
