// A patch tool for tests, written apart from the code that makes hunks so that both cannot be wrong alike.
import assert from "node:assert/strict";
import { NO_NEWLINE, type Hunk } from "../../src/core/review/hunks.js";

/** The text with the hunks applied by their old line numbers alone; a shared or removed line that differs fails.
 * Without `exact` some hunks may be missing, so that the new line numbers of the rest are off. */
export function applied(base: string, hunks: readonly Hunk[], exact = true): string {
  const lines = base.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const start = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
    assert.ok(start >= at, "hunks neither overlap nor go back");
    result.push(...lines.slice(at, start));
    if (exact) assert.equal(result.length, hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1);
    at = start;
    const [oldBefore, newBefore] = [at, result.length];
    hunk.lines.forEach((line, index) => {
      if (line === NO_NEWLINE) return;
      const text = line.slice(1) + (hunk.lines[index + 1] === NO_NEWLINE ? "" : "\n");
      if (!line.startsWith("+")) assert.equal(lines[at++], text);
      if (!line.startsWith("-")) result.push(text);
    });
    assert.deepEqual([at - oldBefore, result.length - newBefore], [hunk.oldLines, hunk.newLines]);
  }
  return [...result, ...lines.slice(at)].join("");
}
