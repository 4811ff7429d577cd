// What became of a command, said the same way by every verb that gives one.
import { HumanError } from "../core/error.js";
import type { Folding } from "../client/command-run.js";
import { visible } from "../core/text/visible.js";
import type { Screen } from "./screen.js";

/** Exit code 0. Throws HumanError with the runner's reason when the command was refused. */
export function folded(screen: Screen, id: string, folding: Folding, done: string): number {
  if (folding.kind === "refused") throw new HumanError(`The run ${id} refused this: ${visible(folding.why)}`);
  if (screen.json) screen.data({ id, kind: "accepted", command: folding.id });
  else screen.say(done);
  return 0;
}
