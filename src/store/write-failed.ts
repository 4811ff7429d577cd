// What the store says when the disk would not take something. Whoever sees it must not do what it was about to record.
import { HumanError } from "../core/error.js";

const CAUSES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ["the disk is full", "Free some space on it"],
  EDQUOT: ["the disk quota is used up", "Free some space or have the quota raised"],
  EROFS: ["the file system is mounted read-only", "Mount it for writing"],
  EACCES: ["this user may not write there", "Give this user the right to write to that folder"],
  EPERM: ["the system does not permit it", "Give this user the right to write to that folder"],
  EIO: ["the disk reports an error", "Check the disk and its system log before you go on"],
  EMFILE: ["this process has too many files open", "Raise the limit on open files (ulimit -n)"],
  ENFILE: ["the machine has too many files open", "Close programs or raise the system's limit on open files"],
  EFBIG: ["the file would exceed the largest size allowed", "Raise the limit on file sizes (ulimit -f)"],
  ENOENT: ["its folder is gone", "Put the folder back"],
};

/** The store could not write. Nothing of what it was asked to write counts as recorded. */
export class WriteFailed extends HumanError {
  /** @param code The system's name for the error, such as ENOSPC. @param more What the person must know besides. */
  constructor(
    readonly code: string,
    readonly path: string,
    more = "",
    options: { readonly cause?: unknown } = {},
  ) {
    const [what, remedy] = CAUSES[code] ?? ["the system refused", "Find out why"];
    super(`Could not write ${path} (${code}): ${what}. What could not be recorded was not done. ${remedy}, then resume the run.${more === "" ? "" : ` ${more}`}`);
    this.name = "WriteFailed";
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

/** The system's name for an error, or `undefined` for what did not come from the system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** An error from writing `path` as a person should see it; what did not come from the system is passed on as it is. */
export function asWriteFailed(error: unknown, path: string, more?: string): unknown {
  if (error instanceof HumanError) return error;
  const code = errorCode(error);
  // Node's own codes (ERR_…) mean that we called it wrongly: a bug, not the disk.
  return code === undefined || code.startsWith("ERR_") ? error : new WriteFailed(code, path, more, { cause: error });
}
