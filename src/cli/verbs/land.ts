// `vigil land`: put what was accepted on a branch.
import { findRun } from "../../client/find-run.js";
import { landRun, type Landed } from "../../client/land-run.js";
import { openRepository } from "../../client/open-repository.js";
import { visible } from "../../core/text/visible.js";
import { count } from "../../core/run/amounts.js";
import { ids } from "../ids.js";
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
    screen.status("landing: required checks may take a while");
    const landed = await landRun(workspace, id, values.onto, ids(values.confirm));
    screen.status("");
    if (screen.json) screen.data(landed);
    else screen.say(landedText(id, landed));
    return landed.kind === "landed" ? 0 : landed.kind === "confirm" ? 4 : 1;
  },
});

function landedText(id: string, landed: Landed): string {
  switch (landed.kind) {
    case "landed":
      return `Landed ${count(landed.commits.length, "commit")} on ${visible(landed.branch)}. See them: git log ${visible(landed.branch)}   Take it back: vigil unland ${id}`;
    case "conflict":
    case "blocked":
      return `Nothing landed. ${visible(landed.why, { lines: true })}`;
    case "confirm":
      return [
        `Nothing landed yet. ${count(landed.confirm.length, "change")} must be confirmed by name:`,
        ...landed.confirm.map((one) => `  ${visible(one.id)}  ${visible(one.why)}`),
        `Look at them (vigil diff ${id}), then: vigil land ${id} --confirm ${visible(landed.confirm.map((one) => one.id).join(","))}`,
      ].join("\n");
  }
}
