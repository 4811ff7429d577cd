// `vigil stop`: end a run now, keeping what it did.
import { commandRun } from "../../client/command-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requirePerson } from "../../client/person.js";
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
    const by = await requirePerson(workspace.repository);
    const why = values.comment;
    const folding = await commandRun(workspace, id, { kind: "stop", by, ...(why === undefined ? {} : { why }) });
    return folded(screen, id, folding, `Stopped. What it did until then: vigil review ${id}`);
  },
});
