// `vigil lower`: less freedom for a running run, at once. There is no verb for more: that takes a new run.
import { commandRun } from "../../client/command-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requirePerson } from "../../client/person.js";
import { folded } from "../folded.js";
import { stageNamed } from "../stage-named.js";
import { verb } from "../verb.js";

export const lower = verb({
  name: "lower",
  group: "people's side",
  usage: "lower RUN STAGE",
  about: "Lowers a run's stage at once",
  detail: "It takes effect immediately and needs nobody's approval. Raising a stage needs a new run.",
  options: {},
  least: 2,
  most: 2,
  examples: [["vigil lower last read-only", "from now on it may only propose"]],
  async run({ args, screen, place }) {
    const [run = "", word = ""] = args;
    const stage = stageNamed(word);
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, run);
    const by = await requirePerson(workspace.repository);
    return folded(screen, id, await commandRun(workspace, id, { kind: "lower", stage, by }), `The stage is ${stage} now.`);
  },
});
