// `vigil raise`: more of a limit, for a run that works or waits at it. Only people raise limits, and never from inside a run.
import { limitNamed, raiseLimit } from "../../client/goal-commands.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { HumanError } from "../../core/error.js";
import { folded } from "../folded.js";
import { verb } from "../verb.js";

export const raise = verb({
  name: "raise",
  group: "people's side",
  usage: "raise RUN LIMIT TO",
  about: "Raises a limit of a run: usd, tokens, hours, steps, files, lines, perDay.usd",
  detail: `TO is the new limit, not how much more. A run that waits at the limit goes on. For one run only: what all runs
may use stands in the policy.`,
  options: {},
  least: 3,
  most: 3,
  examples: [
    ["vigil raise last usd 15", "let it spend up to 15 dollars"],
    ["vigil raise last tokens 2000000", "a bound where the model has no price"],
  ],
  async run({ args, screen, place }) {
    const [run = "", name = "", amount = ""] = args;
    const limit = limitNamed(name);
    const to = Number(amount);
    if (!(to > 0) || !Number.isFinite(to)) throw new HumanError(`"${amount}" is no amount: write a number above zero, as in vigil raise ${run} ${limit} 15.`, 2);
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, run);
    return folded(screen, id, await raiseLimit(workspace, id, limit, to), `The limit (${limit}) is ${amount} now.`);
  },
});
