// `vigil show`: how one run stands, and what it needs from a person.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requireRun } from "../../client/read-run.js";
import { overlapsOf, showRun } from "../../client/show-run.js";
import { shownText } from "../shown.js";
import { verb } from "../verb.js";

export const show = verb({
  name: "show",
  group: "read",
  usage: "show RUN",
  about: "How a run stands and what it waits for",
  detail: `One screen: the state, every question with what it shows and the commands that answer it, the
decisions with their verdicts, the checks, and what to do next.`,
  options: { full: { about: "Cut nothing: whole diffs, every decision" } },
  least: 1,
  most: 1,
  examples: [
    ["vigil show last", "the newest run"],
    ["vigil show last --full", "with the whole diff of every decision that waits"],
  ],
  async run({ args, values, screen, place }) {
    const workspace = await openRepository(place);
    const view = await requireRun(workspace.store, await findRun(workspace.store, args[0] ?? ""));
    const shown = await showRun(view, await overlapsOf(workspace.store, view));
    if (screen.json) screen.data(shown);
    else screen.say(shownText(view.run, shown, { ink: screen.ink, width: Math.min(screen.columns, 120), full: values.full, now: Date.now() }));
    return 0;
  },
});
