// `vigil show`: how one run stands, and what it needs from a person.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requireRun } from "../../client/read-run.js";
import { showRun } from "../../client/show-run.js";
import { shownText } from "../shown.js";
import { verb } from "../verb.js";

export const show = verb({
  name: "show",
  group: "read",
  usage: "show RUN",
  about: "How a run stands and what it waits for",
  options: {},
  least: 1,
  most: 1,
  examples: [["vigil show last", "the newest run"]],
  async run({ args, screen, place }) {
    const workspace = await openRepository(place);
    const shown = showRun(await requireRun(workspace.store, await findRun(workspace.store, args[0] ?? "")));
    if (screen.json) screen.data(shown);
    else screen.say(shownText(shown));
    return 0;
  },
});
