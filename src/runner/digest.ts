// The one digest of what a person was shown or what a policy says.
import { createHash } from "node:crypto";

/** SHA-256 of UTF-8 text, lower-case hex. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
