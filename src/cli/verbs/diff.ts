// `vigil diff`: what changed against the base, each hunk with its reason.
import { diffRun, patchRun } from "../../client/diff-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requireRun } from "../../client/read-run.js";
import { unified } from "../../core/review/unified.js";
import { visible } from "../../core/text/visible.js";
import { count } from "../../core/run/amounts.js";
import { diffText } from "../diff-text.js";
import { verb } from "../verb.js";

export const diff = verb({
  name: "diff",
  group: "read",
  usage: "diff RUN",
  about: "What changed against the base, each hunk with the agent's reason",
  detail: `Proposals are included. Above each hunk stands the agent's stated reason, after a #. With --patch the
reasons are left out and the text is what git apply takes, byte for byte. On a terminal there are
colours (not with NO_COLOR), and characters that could hide or imitate text are spelled out.`,
  options: { patch: { about: "A patch for git apply, without the reasons" } },
  least: 1,
  most: 1,
  examples: [
    ["vigil diff last", "read it"],
    ["vigil diff last --patch > run.patch", "take it elsewhere"],
    ["vigil diff last --json", "hunks with their decisions, for a program"],
  ],
  async run({ args, values, screen, place }) {
    const { store } = await openRepository(place);
    const view = await requireRun(store, await findRun(store, args[0] ?? ""));
    const set = await diffRun(view);
    if (screen.json) {
      screen.data(set);
      return 0;
    }
    if (values.patch) {
      const patch = await patchRun(view);
      screen.raw(screen.drawsOutput ? visible(patch.toString("utf8"), { lines: true }) : patch);
    } else if (screen.drawsOutput && set.files.length > 0) screen.say(diffText(set, { ink: screen.ink, width: Math.min(screen.columns, 110), speaker: "the agent" }));
    else screen.raw(unified(set));
    screen.tell(set.lines === 0 ? "Nothing changed." : `${count(set.lines, "changed line")} in ${count(set.files.length, "file")}, ${set.explained === set.lines ? "all explained by a decision" : `${String(set.lines - set.explained)} explained by no decision`}.`);
    return 0;
  },
});
