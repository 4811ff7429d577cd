// `vigil remove`: free a run's disk, keep its record.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { removeRun } from "../../client/remove-run.js";
import { verb } from "../verb.js";

export const remove = verb({
  name: "remove",
  group: "set up",
  usage: "remove RUN",
  about: "Frees a run's disk and keeps its record",
  detail: "The worktree and the run's git data go; log, timeline, report and what landed stay. Changes that did not land are gone afterwards; where some were accepted, only --discard lets them go.",
  options: {
    discard: { about: "Also what was accepted and has not landed" },
  },
  least: 1,
  most: 1,
  examples: [["vigil remove last", "after landing it"]],
  async run({ args, values, screen, place }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    await removeRun(workspace, id, values.discard);
    if (screen.json) screen.data({ id, removed: true });
    else screen.say(`Freed the files of ${id}. Its record is kept: vigil timeline ${id}`);
    return 0;
  },
});
