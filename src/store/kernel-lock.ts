// The kernel's lock on a file, by each platform's means. A lock lives as long as the descriptor that is handed out, so it
// ends with the process however that ends; children do not inherit the descriptor. What the file says is not looked at.
import { spawn } from "node:child_process";
import { closeSync, openSync, constants } from "node:fs";
import { HumanError } from "../core/error.js";
import { errorCode } from "./write-failed.js";

/** `exclusive` is the writer's. `shared` is a question only: it never keeps another question from being answered. */
export type LockMode = "exclusive" | "shared";
export type LockTry = { readonly kind: "locked"; readonly fd: number } | { readonly kind: "busy" };

/** BSD's open flags (fcntl.h), which Node passes through without naming them. */
const BSD_SHLOCK = 0x10;
const BSD_EXLOCK = 0x20;
/** libuv's UV_FS_O_EXLOCK on Windows: the file is opened with no sharing. */
const WINDOWS_EXLOCK = 0x10000000;

/** One try, without waiting, on a file that exists. Throws HumanError where the file system or the machine has no locks. */
export async function tryKernelLock(path: string, mode: LockMode): Promise<LockTry> {
  switch (process.platform) {
    case "linux":
      return tryFlock(path, mode);
    case "win32":
      return tryOpen(path, constants.O_RDWR | (mode === "exclusive" ? WINDOWS_EXLOCK : 0), ["EBUSY", "EACCES", "EPERM"]);
    default:
      return tryOpen(path, (mode === "exclusive" ? constants.O_RDWR | BSD_EXLOCK : constants.O_RDONLY | BSD_SHLOCK) | constants.O_NONBLOCK, ["EAGAIN", "EWOULDBLOCK"]);
  }
}

/** The lock belongs to the open file, not to the utility that asked for it, so it stays when the utility has ended. */
async function tryFlock(path: string, mode: LockMode): Promise<LockTry> {
  const fd = openSync(path, mode === "exclusive" ? "r+" : "r");
  try {
    const { code, said } = await runFlock(fd, mode);
    if (code === 0) return { kind: "locked", fd };
    closeSync(fd);
    if (code === 1 && said === "") return { kind: "busy" };
    throw refused(path, said === "" ? `flock ended with code ${String(code)}` : said);
  } catch (error) {
    if (!(error instanceof HumanError)) closeSync(fd);
    throw error;
  }
}

function runFlock(fd: number, mode: LockMode): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("flock", [mode === "exclusive" ? "-x" : "-s", "-n", "3"], { stdio: ["ignore", "ignore", "pipe", fd] });
    let said = "";
    child.stdio[2]?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", (error) => {
      reject(errorCode(error) === "ENOENT" ? flockMissing() : error);
    });
    child.on("close", (code) => {
      resolve({ code, said: said.trim() });
    });
  });
}

function tryOpen(path: string, flags: number, busy: readonly string[]): LockTry {
  try {
    return { kind: "locked", fd: openSync(path, flags) };
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (busy.includes(code)) return { kind: "busy" };
    if (["EOPNOTSUPP", "ENOTSUP", "ENOLCK", "EINVAL"].includes(code)) throw refused(path, code);
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
