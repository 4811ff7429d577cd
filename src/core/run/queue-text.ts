// Why a run waits for its turn, as a sentence that every front end shows.
import { count } from "./amounts.js";
import type { RunId } from "./run.js";

const NAMED = 3;

/** `behind`: the runs before it, those that work first. `most`: how many may work at once. */
export function queueText(behind: readonly RunId[], most: number): string {
  const more = behind.length > NAMED ? ` and ${String(behind.length - NAMED)} more` : "";
  return `${count(most, "run")} may work here at once (vigil.run.atOnce), and ${count(behind.length, "run")} ${behind.length === 1 ? "is" : "are"} before this one: ${behind.slice(0, NAMED).join(", ")}${more}. It begins by itself, oldest first.`;
}
