// `vigil timeline`: hours of work as a page to read.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requireRun } from "../../client/read-run.js";
import { timeline as timelineOf } from "../../core/run/timeline.js";
import { timelineText } from "../../core/run/timeline-text.js";
import { inTimeline } from "../timeline-ink.js";
import { verb } from "../verb.js";

export const timeline = verb({
  name: "timeline",
  group: "read",
  usage: "timeline RUN",
  about: "The run as its decisions, with everything that went wrong",
  detail: "Steps between decisions are counted, not listed; failures, refusals, approvals and abandoned goals are never left out.",
  options: { steps: { about: "List every step" } },
  least: 1,
  most: 1,
  examples: [
    ["vigil timeline last", "what happened, in order"],
    ["vigil timeline last --steps", "down to single steps"],
  ],
  async run({ args, values, screen, place }) {
    const { store } = await openRepository(place);
    const { run } = await requireRun(store, await findRun(store, args[0] ?? ""));
    const line = timelineOf(run, { steps: values.steps });
    if (screen.json) screen.data(line);
    else screen.say(inTimeline(timelineText(line, { width: Math.min(screen.columns, 110) }), screen.ink));
    return 0;
  },
});
