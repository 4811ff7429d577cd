// Assignments in a bash line: where a word is one, and what the value of a well-known variable makes run.
import { Unreadable, type Word } from "./shell-word.js";

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*(?:\[[A-Za-z0-9_@*-]*\])?\+?=/u;

/** Whether a word where a command may begin is an assignment instead. */
export function isAssignment(word: Word): boolean {
  const name = ASSIGNMENT.exec(word.text);
  if (name !== null && name[0].length <= word.bare) return true;
  // `a["x y"]=1` and `a[1 + 1]=1` assign as well, and what follows them is the program.
  if (/^[A-Za-z_][A-Za-z0-9_]*\[/u.test(word.text.slice(0, word.bare))) throw new Unreadable("an assignment to a part of an array");
  return false;
}

/** Variables whose value some program runs as a command line. */
const RUN = /^(?:[A-Za-z_]*(?:EDITOR|PAGER|VISUAL|BROWSER|ASKPASS|_RSH|SSH_COMMAND|PROXY_COMMAND|EXTERNAL_DIFF|LESSOPEN|LESSCLOSE|PROMPT_COMMAND)|GIT_SSH|GIT_CONFIG_VALUE_[0-9]+)$/u;
/** Variables that make a shell read commands from elsewhere, or run one program under the name of another. */
const RENAMES = /^(?:BASH_ENV|BASH_ALIASES|BASH_CMDS)$/u;

/**
 * What a word of the form `NAME=value` means for what runs: `script` runs its value, `unknown` anything at all. Undefined
 * where the word is no assignment, or one that means neither.
 */
export function assigned(word: Word): { readonly kind: "script"; readonly value: Word } | { readonly kind: "unknown"; readonly name: string } | undefined {
  const [whole = "", name = ""] = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?\+?=/u.exec(word.text) ?? [];
  if (RENAMES.test(name)) return { kind: "unknown", name };
  return RUN.test(name) ? { kind: "script", value: { ...word, text: word.text.slice(whole.length).replace(/^!/u, "") } } : undefined;
}
