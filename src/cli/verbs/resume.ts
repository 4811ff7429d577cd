// `vigil resume`: set a run going again, or just follow one that works.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { readRun } from "../../client/read-run.js";
import { resumeRun } from "../../client/resume-run.js";
import { follow } from "../follow.js";
import { verb } from "../verb.js";

export const resume = verb({
  name: "resume",
  group: "people's side",
  usage: "resume RUN",
  about: "Sets a paused or interrupted run going again, or one that you asked changes of, and follows it",
  detail: "Needs the key, since the run spends again. A run that works already is only followed.",
  options: {},
  least: 1,
  most: 1,
  examples: [
    ["vigil resume last", "after a pause, a crash, or to watch it again"],
    ['vigil review last --ask d2 --comment "use the helper" && vigil resume last', "have a decision changed"],
  ],
  async run({ args, screen, place, interrupted }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    const before = (await readRun(workspace.store, id))?.run.lastSeq ?? 0;
    const resumed = await resumeRun(workspace, id);
    if (!screen.json) screen.say(id);
    if (resumed === "over") screen.tell(`The run has ended; there is nothing to resume. What it left: vigil review ${id}. To have something changed, ask for it first: vigil review ${id} --ask IDS --comment "TEXT"`);
    const followed = await follow(screen, workspace.store.open(id), interrupted, { from: before });
    if (screen.json) screen.data({ id, state: followed.state, exit: followed.exit });
    return followed.exit;
  },
});
