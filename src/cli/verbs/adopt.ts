// `vigil adopt`: turn accepted proposals into changes.
import { adoptRun } from "../../client/adopt-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { follow } from "../follow.js";
import { verb } from "../verb.js";

export const adopt = verb({
  name: "adopt",
  group: "review and land",
  usage: "adopt RUN",
  about: "Turns a read-only run's accepted proposals into a run that can land",
  detail: "It starts a gated-write run that holds exactly what was accepted. No model is called, so it costs nothing.",
  options: {},
  least: 1,
  most: 1,
  examples: [["vigil adopt last", "after: vigil review last --accept all"]],
  async run({ args, screen, place, interrupted }) {
    const workspace = await openRepository(place);
    const started = await adoptRun(workspace, await findRun(workspace.store, args[0] ?? ""));
    if (!screen.json) screen.say(started.id);
    const followed = await follow(screen, started.log, interrupted, { from: 0 });
    if (screen.json) screen.data({ id: started.id, state: followed.state, exit: followed.exit });
    else if (followed.exit === 0) screen.say(`Put it on a branch: vigil land ${started.id}`);
    return followed.exit;
  },
});
