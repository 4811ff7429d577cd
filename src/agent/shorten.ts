// A large text cut to its head and tail, for what the model has seen some turns ago. Pure, and the same text every time: the
// service's cache knows a conversation by its bytes.

/** Characters, some thousand tokens, above which a text is large. */
const LARGE = 4_000;
const HEAD = 1_200;
const TAIL = 800;

/** True for a text that `shortened` would change. */
export function isLarge(text: string): boolean {
  return text.length > LARGE;
}

/** A result as it is sent later on. The whole of it stays in the record; what the agent still needs it has to call for again. */
export function shortResult(text: string): string {
  return shortened(text, "were shown before and are left out now to save room. Call it again, for this part only, if you still need them.");
}

/** The input of a call as it is sent later on: what it wrote is in the files. */
export function shortInput(input: unknown): unknown {
  if (typeof input !== "object" || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]: [string, unknown]) => [name, typeof value === "string" ? shortened(value, "of this input were used whole and are left out now to save room.") : value]));
}

function shortened(text: string, why: string): string {
  if (!isLarge(text)) return text;
  // Never half a character: a strict service refuses the whole request for one.
  const head = text.slice(0, HEAD).replace(/[\uD800-\uDBFF]$/, "");
  const tail = text.slice(-TAIL).replace(/^[\uDC00-\uDFFF]/, "");
  return `${head}\n[… ${String(text.length - head.length - tail.length)} characters ${why}]\n${tail}`;
}
