// What two runs share, as a line. Apart from what computes it, because a list of runs shows it and must load quickly.
import { oneLine } from "../text/one-line.js";
import type { Overlap } from "./overlap.js";

const NAMED = 3;
const LONGEST = 120;

/** Safe for every screen. */
export function overlapText({ run, files }: Overlap): string {
  const more = files.length > NAMED ? ` and ${String(files.length - NAMED)} more` : "";
  return `Also changed by the run ${run}: ${files.slice(0, NAMED).map((file) => oneLine(file, LONGEST)).join(", ")}${more}`;
}
