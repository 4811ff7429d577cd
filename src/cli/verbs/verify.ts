// `vigil verify`: proves a record whole, or names what is wrong with it.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { verifyRun } from "../../client/verify-run.js";
import { verb } from "../verb.js";

export const verify = verb({
  name: "verify",
  group: "read",
  usage: "verify RUN",
  about: "Proves that a run's record is whole, or names what is wrong",
  options: {},
  least: 1,
  most: 1,
  examples: [["vigil verify last", "log, blobs and checkpoints of the newest run"]],
  async run({ args, screen, place }) {
    const { store } = await openRepository(place);
    const id = await findRun(store, args[0] ?? "");
    const verified = await verifyRun(store, id);
    if (screen.json) screen.data(verified);
    else if (verified.ok) screen.say(`The record of ${id} is whole. ${verified.proves}`);
    else screen.say([`The record of ${id} is damaged:`, ...verified.problems.map((problem) => `  ${problem}`)].join("\n"));
    return verified.ok ? 0 : 1;
  },
});
