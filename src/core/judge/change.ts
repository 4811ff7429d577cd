// A file's part in a change, as judging it needs it: what git says about it, and its text where somebody could read it.
import type { FileChange } from "../log/parts.js";

export type JudgedChange = Pick<FileChange, "path" | "modes" | "binary" | "status">;

/** The file before and after; absent where there was none, or where the caller could not read it. */
export interface Contents {
  readonly before?: string;
  readonly after?: string;
}
