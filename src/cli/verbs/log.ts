// `vigil log`: the raw events, one on each line.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { visible } from "../../core/text/visible.js";
import { verb } from "../verb.js";

export const log = verb({
  name: "log",
  group: "read",
  usage: "log RUN",
  about: "The run's raw events, one JSON object on each line",
  detail: "The log is the run: everything else is computed from these lines. Output of tools and long texts are not in it.",
  options: {},
  least: 1,
  most: 1,
  examples: [
    ["vigil log last | head -3", "how it began"],
    ["vigil log last | grep '\"gate\\.'", "everything about approvals"],
  ],
  async run({ args, screen, place }) {
    const { store } = await openRepository(place);
    const events = store.open(await findRun(store, args[0] ?? "")).read();
    for await (const event of events) {
      if (screen.drawsOutput) screen.raw(`${visible(JSON.stringify(event))}\n`);
      else screen.data(event);
    }
    return 0;
  },
});
