// What the system's refusals mean to a person, and what they can do about each. It only words them; what was refused is for
// whoever met it to undo.
import { HumanError } from "./error.js";

/** The disk, or a limit of the machine's, refused something. Whatever was under way may be half done. */
export class SystemRefused extends HumanError {}

/** By the system's name for the error: what it means, and the remedy, as halves of a sentence. */
export const SYSTEM_CAUSES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ["the disk is full", "Free some space on it"],
  EDQUOT: ["the disk quota is used up", "Free some space or have the quota raised"],
  EROFS: ["the file system is mounted read-only", "Mount it for writing"],
  EACCES: ["this user may not write there", "Give this user the right to write to that folder"],
  EPERM: ["the system does not permit it", "Give this user the right to write to that folder"],
  EIO: ["the disk reports an error", "Check the disk and its system log before you go on"],
  EMFILE: ["this process has too many files open", "Raise the limit on open files (ulimit -n)"],
  ENFILE: ["the machine has too many files open", "Close programs or raise the system's limit on open files"],
  EFBIG: ["the file would exceed the largest size allowed", "Raise the limit on file sizes (ulimit -f)"],
};

/** The same, as programs that speak English for a person say it. */
const SAID: Readonly<Record<string, RegExp>> = {
  ENOSPC: /No space left on device|Out of diskspace/,
  EDQUOT: /Disk quota exceeded/,
  EROFS: /Read-only file system/,
  EIO: /Input\/output error/,
  EMFILE: /Too many open files(?! in system)/,
  ENFILE: /Too many open files in system/,
  EFBIG: /File too large/,
};

/** A write that a program says it could not do, without the system's words behind it: git leaves them out in a dozen places. */
const UNEXPLAINED = /^(?:error|fatal): (?:.*: )?(?:[Uu]nable to (?:write|create|rename)|[Cc]ould ?n[o']t (?:write|create|close|set)|[Cc]annot (?:write|create|close|store)|[Ff]ailed to (?:write|create|close)) (?!.*: [A-Z][a-z]+(?: [a-z]+)*\.?$)/;

/** An error of the system's as a person should see it; undefined for what is no refusal of the disk's or of a limit but a fault of ours. */
export function systemRefusal(error: unknown): SystemRefused | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : "what it needs";
  // Node makes a folder with all that lead to it, and where the disk refuses, it says only that the folder is not there.
  const code = error.code === "ENOENT" && "syscall" in error && error.syscall === "mkdir" ? "EROFS" : error.code;
  const told = Object.hasOwn(SAID, code) ? refusal(`Vigil could not use ${path}`, code, error.code) : undefined;
  if (told !== undefined) told.cause = error;
  return told;
}

/** What a program said when the system refused it something; undefined when it speaks of anything else. */
export function refusalIn(program: string, said: string): SystemRefused | undefined {
  const lines = said.split("\n").map((line) => line.trim());
  const code = Object.keys(SAID).find((name) => SAID[name]?.test(said));
  if (code !== undefined) return refusal(`${program} could not write`, code, lastOf(lines, SAID[code]));
  const line = lastOf(lines, UNEXPLAINED);
  if (line === "") return undefined;
  return new SystemRefused(`${program} could not write, and did not say why (${line}). What was written before is kept. See whether the disk is full, mounted read-only or failing (df, mount, the system log), or not this user's to write to. Mend that, then try again; a run goes on with vigil resume.`);
}

/** The line that names what was refused: a program may say more after it. */
function lastOf(lines: readonly string[], form: RegExp | undefined): string {
  return lines.findLast((line) => form?.test(line))?.slice(0, 300) ?? "";
}

function refusal(what: string, code: string, detail: string): SystemRefused | undefined {
  const [why, remedy] = SYSTEM_CAUSES[code] ?? [];
  if (why === undefined || remedy === undefined) return undefined;
  return new SystemRefused(`${what}, because ${why} (${detail}). What was written before is kept. ${remedy}, then try again; a run goes on with vigil resume.`);
}
