// `vigil policy`: what is in force here, where each value came from, and what opens the next stage.
import { HumanError } from "../../core/error.js";
import { initPolicy } from "../../client/init-policy.js";
import { openRepository } from "../../client/open-repository.js";
import { policyReport } from "../../client/policy-report.js";
import { confirmPolicy } from "../../client/resolve-policy.js";
import { nearest } from "../../core/text/nearest.js";
import { visible } from "../../core/text/visible.js";
import { policyText } from "../policy-text.js";
import { verb } from "../verb.js";

export const policy = verb({
  name: "policy",
  group: "set up",
  usage: "policy [init]",
  about: "The policy in force, where each value came from, and what opens more",
  detail: `Policy is the vigil.policy.* keys of .vscode/settings.json as committed. What is not committed can
only narrow it. "vigil policy init" writes the least a team needs into that file; commit it and it
counts. Values that only a branch has count once they are on the default branch, or once you
confirm them for yourself.`,
  options: { confirm: { about: "What this branch's settings open beyond the default branch's is meant so" } },
  least: 0,
  most: 1,
  examples: [
    ["vigil policy", "what a run may do here, and why"],
    ["vigil policy init", "write a first policy"],
  ],
  async run({ args, values, screen, place }) {
    const action = args[0];
    if (action !== undefined && action !== "init") {
      throw new HumanError(`"vigil policy" knows no "${action}".${nearest(action, ["init"], 2) === undefined ? "" : " Did you mean init?"} Write "vigil policy" or "vigil policy init".`, 2);
    }
    const workspace = await openRepository(place);
    if (action === "init") {
      const made = await initPolicy(workspace);
      if (screen.json) screen.data(made);
      else screen.say(`Wrote ${made.file}: owner ${made.owner}, required checks ${made.checks.length === 0 ? "none (no test command was recognised: add one)" : made.checks.join(", ")}.\nCommit it, and it counts: git add ${made.file} && git commit -m "Add Vigil policy"`);
      return 0;
    }
    if (values.confirm) {
      const text = await confirmPolicy(workspace);
      screen.tell(`Confirmed for you and this repository: ${visible(text)}`);
    }
    const report = await policyReport(workspace);
    if (screen.json) screen.data(report);
    else screen.say(policyText(report, { ink: screen.ink, width: Math.min(screen.columns, 110) }));
    return 0;
  },
});
