// What came of a landing, in words and as an exit code; the same whether somebody landed or allowed a landing.
import type { Landed } from "../client/land-run.js";
import { count } from "../core/run/amounts.js";
import { visible } from "../core/text/visible.js";

export function landedText(id: string, landed: Landed): string {
  switch (landed.kind) {
    case "landed":
      return [`Landed ${count(landed.commits.length, "commit")} on ${visible(landed.branch)}.`, `  See them:      git log ${visible(landed.branch)}`, `  Take it back:  vigil unland ${id}`].join("\n");
    case "conflict":
    case "blocked":
      return `Nothing landed. ${visible(landed.why, { lines: true })}`;
    case "confirm":
      return [
        `Nothing landed yet. ${count(landed.confirm.length, "change")} must be confirmed by name:`,
        ...landed.confirm.map((one) => `  ${visible(one.id)}  ${visible(one.why)}`),
        `Look at them (vigil diff ${id}), then: vigil land ${id} --confirm ${visible(landed.confirm.map((one) => one.id).join(","))}`,
      ].join("\n");
  }
}

/** 0 landed, 4 waits for a second confirmation, 1 nothing landed. */
export function landedExit(landed: Landed): 0 | 1 | 4 {
  return landed.kind === "landed" ? 0 : landed.kind === "confirm" ? 4 : 1;
}
