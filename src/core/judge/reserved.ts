// Reserved words that only mean something inside of a compound command, and the end of one.
import { Unparsed } from "./shell-word.js";

export type Compound = "if" | "while" | "until" | "for" | "case" | "{";

/** Each with the compound commands that it goes on with or ends. */
const INSIDE: ReadonlyMap<string, readonly Compound[]> = new Map([
  ...["then", "else", "elif", "fi"].map((word): [string, Compound[]] => [word, ["if"]]),
  ...["do", "done"].map((word): [string, Compound[]] => [word, ["for", "while", "until"]]),
  ["}", ["{"]],
  ["esac", ["case"]],
]);

/** `closed`: the innermost command of `open` ended, and is taken from it. `open`: a command follows. Undefined: another word. */
export function goesOn(word: string, open: Compound[]): "open" | "closed" | undefined {
  const inside = INSIDE.get(word);
  if (inside === undefined) return undefined;
  if (!inside.some((compound) => compound === open.at(-1))) throw new Unparsed(`${word} in the wrong place`);
  if (!/^(?:fi|done|\}|esac)$/u.test(word)) return "open";
  open.pop();
  return "closed";
}
