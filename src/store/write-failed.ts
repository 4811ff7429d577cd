// What the store says when the disk would not take something. Whoever sees it must not do what it was about to record.
import { HumanError } from "../core/error.js";
import { SYSTEM_CAUSES } from "../core/system-error.js";

const GONE = ["its folder is gone", "Put the folder back"] as const;
const UNKNOWN = ["the system refused", "Find out why"] as const;

/** The store could not write. Nothing of what it was asked to write counts as recorded. */
export class WriteFailed extends HumanError {
  /** @param code The system's name for the error, such as ENOSPC. @param more What the person must know besides. */
  constructor(
    readonly code: string,
    readonly path: string,
    more = "",
    options: { readonly cause?: unknown } = {},
  ) {
    const [what, remedy] = code === "ENOENT" ? GONE : (SYSTEM_CAUSES[code] ?? UNKNOWN);
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
