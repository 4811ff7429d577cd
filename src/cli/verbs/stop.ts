// `vigil stop`: end a run now, keeping what it did.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { stopRun } from "../../client/stop-run.js";
import { folded } from "../folded.js";
import { verb } from "../verb.js";

export const stop = verb({
  name: "stop",
  group: "people's side",
  usage: "stop RUN",
  about: "Ends a run at once and keeps what it did",
  detail: "The agent's processes are killed. Decisions that had ended stay and can be reviewed and landed.",
  options: { comment: { value: "TEXT", about: "Why, for whoever reads the record" } },
  least: 1,
  most: 1,
  examples: [['vigil stop last --comment "wrong branch"', "ends the newest run"]],
  async run({ args, values, screen, place }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    const { folding, ended } = await stopRun(workspace, id, values.comment);
    return folded(screen, id, folding, `${ended ? "Stopped." : "The run is stopping."} What it did until then: vigil review ${id}`);
  },
});
