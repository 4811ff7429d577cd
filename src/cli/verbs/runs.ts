// `vigil runs`: what there is, newest first.
import { listRuns, type RunRow } from "../../client/list-runs.js";
import { openRepository } from "../../client/open-repository.js";
import { visible } from "../../core/text/visible.js";
import { count } from "../../core/run/amounts.js";
import { dollars, localMinute } from "../amounts.js";
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
    else screen.say(rows.length === 0 ? 'No runs here yet. Start one: vigil run "what to do". To see one first: vigil rehearse.' : rows.map(line).join("\n"));
    return 0;
  },
});

function line(row: RunRow): string {
  if (row.problem !== undefined) return `${row.id}  unreadable\n  ${row.problem}`;
  const facts = [
    row.startedAt === null ? "not begun" : localMinute(row.startedAt),
    row.stage ?? "",
    count(row.decisions, "decision"),
    dollars(row.usd),
    row.waiting > 0 ? `${count(row.waiting, "approval")} wait${row.waiting === 1 ? "s" : ""} for you` : "",
  ];
  return `${row.id}  ${row.state}\n  ${visible(row.task).slice(0, 100)}\n  ${facts.filter((fact) => fact !== "").join(" · ")}`;
}
