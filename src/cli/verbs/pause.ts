// `vigil pause`: stand still after the step in progress.
import { commandRun } from "../../client/command-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requirePerson } from "../../client/person.js";
import { folded } from "../folded.js";
import { verb } from "../verb.js";

export const pause = verb({
  name: "pause",
  group: "people's side",
  usage: "pause RUN",
  about: "Lets a run stand still after the step in progress",
  options: {},
  least: 1,
  most: 1,
  examples: [["vigil pause last", "then: vigil resume last"]],
  async run({ args, screen, place }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    const by = await requirePerson(workspace.repository);
    return folded(screen, id, await commandRun(workspace, id, { kind: "pause", by }), `Paused. To go on: vigil resume ${id}`);
  },
});
