// `vigil rehearse`: see a whole run before trusting it with anything.
import { recordedRehearsal } from "../../client/recorded.js";
import { beginRehearsal, type Rehearsal } from "../../client/rehearse.js";
import { follow } from "../follow.js";
import { landedText, recordedText, rehearsalText, WIDEST, type RehearsalLook } from "../rehearsal-text.js";
import { finishByHand, showRejection } from "../rehearsal-acts.js";
import type { Screen } from "../screen.js";
import { verb } from "../verb.js";

export const rehearse = verb({
  name: "rehearse",
  group: "start",
  usage: "rehearse",
  about: "Plays a whole run on a sample project; no model key needed",
  detail: `Everything is real (worktree, sandbox, decisions, checks, review, landing into a scratch clone) except
the model's words, which come from a script and are labelled so. With ANTHROPIC_API_KEY set the real
model does the work. Nothing outside a temporary folder is touched. Where nothing can be confined, a
recorded rehearsal is shown instead.`,
  options: {},
  least: 0,
  most: 0,
  examples: [["vigil rehearse", "under half a minute"]],
  async run({ screen, place, interrupted }) {
    const rehearsing = await beginRehearsal(place);
    if (rehearsing.kind === "unconfined") {
      screen.tell(`No run with commands can be walled in here: ${rehearsing.why}`);
      const recorded = await recordedRehearsal(place);
      if (screen.json) screen.data({ id: recorded?.view.run.id ?? null, state: recorded?.view.state ?? null, exit: 0, scripted: true, recorded: true });
      else screen.say(recorded === undefined ? "This installation carries no recorded rehearsal either; the rehearsal ends here." : recordedText(recorded, screen.ink));
      return 0;
    }
    const { rehearsal } = rehearsing;
    try {
      return await play(screen, rehearsal, interrupted);
    } finally {
      await rehearsal.close();
    }
  },
});

async function play(screen: Screen, rehearsal: Rehearsal, interrupted: AbortSignal): Promise<number> {
  const { started, scripted, folder } = rehearsal;
  screen.say(
    scripted
      ? "A rehearsal: a real run on a sample project. Only the model's words are not real: they come from a script,\nand are labelled as scripted words; costs are what such a conversation would cost.\nSet ANTHROPIC_API_KEY to see the real model do it."
      : "A rehearsal with the real model: a run on a sample project, paid with your key.",
  );
  screen.say(`Everything lies in ${folder}\n\nRun ${started.id}`);
  const speaker = scripted ? "scripted words" : "the agent";
  const followed = await follow(screen, started.log, interrupted, { from: 0, speaker, leaving: "The rehearsal ends here: its run is stopped." });
  // Its model is played by this process, so the run could not go on alone.
  if (interrupted.aborted) await rehearsal.stop();
  const done = await finishByHand(screen, rehearsal, followed.state);
  if (done === "landed" && !screen.json) {
    const look: RehearsalLook = { ink: screen.ink, width: Math.min(screen.columns, WIDEST), speaker };
    screen.say(await rehearsalText(rehearsal, look));
    await showRejection(screen, rehearsal, look);
    screen.say(await landedText(rehearsal, look));
  }
  if (screen.json) screen.data({ id: started.id, state: done, exit: done === "landed" ? 0 : followed.exit, scripted, recorded: false, folder, clone: rehearsal.clone });
  else screen.say(`\nLook around: cd ${rehearsal.clone}\nAll of it can be deleted: ${folder}`);
  return done === "landed" ? 0 : Math.max(1, followed.exit);
}
