// `vigil unland`: take a landing back.
import { HumanError } from "../../core/error.js";
import { findRun } from "../../client/find-run.js";
import { unlandRun } from "../../client/land-run.js";
import { openRepository } from "../../client/open-repository.js";
import { visible } from "../../core/text/visible.js";
import { verb } from "../verb.js";

export const unland = verb({
  name: "unland",
  group: "review and land",
  usage: "unland RUN",
  about: "Takes a landing back",
  detail: "The branch is then what it was before, or gone where the landing made it. Refused when others have built on it since.",
  options: {},
  least: 1,
  most: 1,
  examples: [["vigil unland last", "the newest run's landing"]],
  async run({ args, screen, place }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    const unlanded = await unlandRun(workspace, id);
    if (unlanded.kind === "blocked" && !screen.json) throw new HumanError(`Nothing was taken back. ${visible(unlanded.why)}`);
    if (screen.json) screen.data(unlanded);
    else if (unlanded.kind === "undone") screen.say(unlanded.to === null ? `Taken back: the branch ${visible(unlanded.branch)} is gone again.` : `Taken back: ${visible(unlanded.branch)} is at ${unlanded.to.slice(0, 10)} again.`);
    return unlanded.kind === "undone" ? 0 : 1;
  },
});
