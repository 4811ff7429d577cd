// `vigil land`: put what was accepted on a branch.
import { findRun } from "../../client/find-run.js";
import { landRun } from "../../client/land-run.js";
import { openRepository } from "../../client/open-repository.js";
import { ids } from "../ids.js";
import { landedExit, landedText } from "../landed-text.js";
import { verb } from "../verb.js";

export const land = verb({
  name: "land",
  group: "review and land",
  usage: "land RUN",
  about: "Puts what was accepted on a branch",
  detail: `Accepted decisions only, all or nothing, after the required checks were green on exactly that. It goes
on a new branch vigil/… unless --onto names one. Files that run code later, such as package scripts
or CI workflows, must be confirmed by name: the first try lists them. "vigil unland" takes it back.`,
  options: {
    onto: { value: "BRANCH", about: "Land on this branch instead of a new one" },
    confirm: { value: "IDS", about: "Confirmed by name, separated by commas: d2:package.json,d3:.github/workflows/ci.yml" },
  },
  least: 1,
  most: 1,
  examples: [
    ["vigil land last", "on a new branch"],
    ["vigil land last --onto main", "on main, and into your checkout if that is checked out"],
    ["vigil land last --confirm d2:package.json", "after the first try asked for it"],
  ],
  async run({ args, values, screen, place }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    screen.status("Landing. Required checks may take a while.");
    const landed = await landRun(workspace, id, values.onto, ids(values.confirm));
    screen.status("");
    if (screen.json) screen.data(landed);
    else screen.say(landedText(id, landed));
    return landedExit(landed);
  },
});
