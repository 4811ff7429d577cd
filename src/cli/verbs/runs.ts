// `vigil runs`: what there is, newest first.
import { listRuns, type RunRow } from "../../client/list-runs.js";
import { openRepository } from "../../client/open-repository.js";
import { runsTable } from "../runs-table.js";
import { verb } from "../verb.js";

export const runs = verb({
  name: "runs",
  group: "read",
  usage: "runs",
  about: "The runs of this repository, newest first",
  options: {},
  least: 0,
  most: 0,
  examples: [
    ["vigil runs", "what ran here, and what waits for you"],
    ["vigil runs --json", "the same for a program"],
  ],
  async run({ screen, place }) {
    const rows = await listRuns((await openRepository(place)).store);
    if (screen.json) screen.data(rows);
    else screen.say(rows.length === 0 ? NONE : [...runsTable(rows, { ink: screen.ink, width: screen.columns, now: Date.now() }), "", hint(rows)].join("\n"));
    return 0;
  },
});

const NONE = `No runs here yet. Vigil works on a copy of this repository and brings back decisions to review.

  vigil run "what to do"   start one
  vigil rehearse           see one first, no model key needed`;

function hint(rows: readonly RunRow[]): string {
  const waiting = rows.find((row) => row.waiting > 0);
  if (waiting !== undefined) return `Something waits for you: vigil show ${waiting.id}`;
  const ready = rows.find((row) => row.state === "ready" || row.state === "proposed");
  if (ready !== undefined) return `Ready for your verdicts: vigil review ${ready.id}`;
  return 'One of them: vigil show RUN, where RUN is a part of its id, or "last"';
}
