// `vigil steer`: a word to the agent while it works.
import { commandRun } from "../../client/command-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requirePerson } from "../../client/person.js";
import { HumanError } from "../../core/error.js";
import { folded } from "../folded.js";
import { verb } from "../verb.js";

export const steer = verb({
  name: "steer",
  group: "people's side",
  usage: 'steer RUN "<text>"',
  about: "Tells the agent something while it works",
  detail: "The agent reads it with its next turn. What you say must not be touched (\"do not change the migrations\", \"leave `src/api` alone\") is enforced for the rest of the run where it names a path or a folder.",
  options: {},
  least: 2,
  most: 2,
  examples: [['vigil steer last "leave the public API as it is"', "a boundary, said in time"]],
  async run({ args, screen, place }) {
    const [run = "", text = ""] = args;
    if (text.trim() === "") throw new HumanError('There is nothing to say: write the text in quotes, as in vigil steer last "leave the API as it is".', 2);
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, run);
    const by = await requirePerson(workspace.repository);
    return folded(screen, id, await commandRun(workspace, id, { kind: "steer", text, by }), "The agent reads it with its next turn.");
  },
});
