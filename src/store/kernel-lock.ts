// The kernel's lock on a file, by each platform's means. A lock lives as long as the descriptor that is handed out, so it
// ends with the process however that ends; children do not inherit the descriptor. What the file says is not looked at.
import { spawn } from "node:child_process";
import { closeSync, openSync, constants } from "node:fs";
import { HumanError } from "../core/error.js";
import { errorCode } from "./write-failed.js";

export type LockTry = { readonly kind: "locked"; readonly fd: number } | { readonly kind: "busy" };

/** BSD's open flags (fcntl.h), which Node passes through without naming them. */
const BSD_SHLOCK = 0x10;
const BSD_EXLOCK = 0x20;
/** libuv's UV_FS_O_EXLOCK on Windows: the file is opened with no sharing. */
const WINDOWS_EXLOCK = 0x10000000;

/**
 * One try at the lock of a file that exists, without waiting. The lock lasts until the descriptor, which is the caller's to
 * close, is closed. `busy` may also mean that somebody asks at this very moment. Throws HumanError where the file system or
 * the machine has no locks.
 */
export async function takeKernelLock(path: string): Promise<LockTry> {
  if (process.platform !== "linux") {
    const fd = openOr(path, process.platform === "win32" ? constants.O_RDWR | WINDOWS_EXLOCK : constants.O_RDWR | constants.O_NONBLOCK | BSD_EXLOCK);
    return fd === "busy" ? { kind: "busy" } : { kind: "locked", fd };
  }
  const fd = openSync(path, "r+");
  try {
    // The lock belongs to the open file, not to the utility that asked for it, so it stays when the utility has ended.
    if ((await flock(path, fd, "-x")) === "taken") return { kind: "locked", fd };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return { kind: "busy" };
}

/**
 * Whether somebody has the lock. Asked by taking a shared one that is gone in the same moment, whatever this process is
 * busy with, so that asking stands in no writer's way. Throws as `takeKernelLock` does.
 */
export async function isKernelLocked(path: string): Promise<boolean> {
  if (process.platform !== "linux") {
    const fd = openOr(path, process.platform === "win32" ? constants.O_RDWR : constants.O_RDONLY | constants.O_NONBLOCK | BSD_SHLOCK);
    if (fd !== "busy") closeSync(fd);
    return fd === "busy";
  }
  const fd = openSync(path, "r");
  let asked;
  try {
    asked = flock(path, fd, "-s");
  } finally {
    closeSync(fd); // From here on the open file is the utility's alone, and its lock ends with it.
  }
  return (await asked) === "busy";
}

function flock(path: string, fd: number, mode: "-x" | "-s"): Promise<"taken" | "busy"> {
  return new Promise((resolve, reject) => {
    const child = spawn("flock", [mode, "-n", "3"], { stdio: ["ignore", "ignore", "pipe", fd] });
    let said = "";
    child.stdio[2]?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", (error) => {
      reject(errorCode(error) === "ENOENT" ? flockMissing() : error);
    });
    child.on("close", (code) => {
      if (code === 0) resolve("taken");
      else if (code === 1 && said === "") resolve("busy");
      else reject(refused(path, said === "" ? `flock ended with code ${String(code)}` : said.trim()));
    });
  });
}

/** BSD and Windows lock in the opening. */
function openOr(path: string, flags: number): number | "busy" {
  try {
    return openSync(path, flags);
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (["EAGAIN", "EWOULDBLOCK", "EBUSY"].includes(code)) return "busy";
    if (["EOPNOTSUPP", "ENOTSUP", "ENOLCK"].includes(code)) throw refused(path, code);
    throw error;
  }
}

function flockMissing(): HumanError {
  return new HumanError(
    `Runs cannot be locked here: the program "flock" is missing, and without a lock two processes could write one run. Install util-linux (apt install util-linux) and try again.`,
  );
}

function refused(path: string, detail: string): HumanError {
  return new HumanError(
    `The file system that holds ${path} refuses locks (${detail}), and without a lock two processes could write one run. Keep the repository on a local disk to run Vigil in it.`,
  );
}
