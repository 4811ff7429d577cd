// What a person would do in a rehearsal: accept and land where the run asks for a person, and change their mind once.
import type { Rehearsal } from "../client/rehearse.js";
import { landRun, unlandRun, type Landed } from "../client/land-run.js";
import { requireRun } from "../client/read-run.js";
import { instructiveRejection } from "../client/rejection.js";
import { planReview, reviewRun } from "../client/review-run.js";
import type { RunState } from "../client/state-of.js";
import { count } from "../core/run/amounts.js";
import { oneLine } from "../core/text/one-line.js";
import { visible } from "../core/text/visible.js";
import { heading, type RehearsalLook } from "./rehearsal-text.js";
import type { Screen } from "./screen.js";

const BRANCH = "vigil/rehearsal";

/** A run that landed by itself needs nobody. One that is ready is accepted and landed, as its owner would. */
export async function finishByHand(screen: Screen, rehearsal: Rehearsal, state: RunState): Promise<RunState> {
  if (state !== "ready") return state;
  const { workspace, started } = rehearsal;
  const view = await requireRun(workspace.store, started.id);
  if (view.run.landingStop !== undefined) screen.say(visible(view.run.landingStop.why));
  screen.say("The landing needs a person. In this rehearsal you say yes: vigil review last --accept all, then vigil land last");
  await reviewRun(workspace, view, await planReview(view, [{ verdict: "accept", ids: ["all"] }]));
  let landed = await landRun(workspace, started.id, BRANCH, []);
  if (landed.kind === "confirm") {
    screen.say(`Landing asks twice: ${visible(landed.why)}`);
    landed = await landRun(workspace, started.id, BRANCH, landed.confirm.map((one) => one.id));
  }
  if (landed.kind !== "landed") screen.say(`Nothing landed: ${whyOf(landed)}`);
  return landed.kind === "landed" ? "landed" : state;
}

/** Takes the landing back, rejects one decision together with what stands on it, and lands the rest. */
export async function showRejection(screen: Screen, rehearsal: Rehearsal, look: RehearsalLook): Promise<void> {
  const { workspace, started } = rehearsal;
  const view = await requireRun(workspace.store, started.id);
  const rejection = await instructiveRejection(view);
  if (rejection === undefined) return;
  screen.say(heading(look, `And if you had said no to ${rejection.decision}?`, `${look.speaker}: "${oneLine(rejection.title, 80)}"`));
  const undone = await unlandRun(workspace, started.id);
  if (undone.kind === "blocked") {
    screen.say(`The landing could not be taken back: ${visible(undone.why)}`);
    return;
  }
  screen.say(`  vigil unland last                    the landing is taken back: ${BRANCH} is gone again`);
  const planned = await planReview(view, [{ verdict: "reject", ids: [rejection.decision] }]);
  const falls = planned.falls.length === 0 ? "nothing else stands on it" : `${planned.falls.join(", ")} ${planned.falls.length === 1 ? "stands on it and falls" : "stand on it and fall"} with it`;
  screen.say(`  ${`vigil review last --reject ${rejection.decision}`.padEnd(35)}  rejected; ${falls}`);
  const folding = await reviewRun(workspace, view, planned);
  if (folding.kind === "refused") {
    screen.say(`Refused: ${visible(folding.why)}`);
    return;
  }
  const landed = await landRun(workspace, started.id, BRANCH, rejection.stays);
  if (landed.kind !== "landed") {
    screen.say(`The rest did not land: ${whyOf(landed)}`);
    return;
  }
  screen.say(`  vigil land last --onto ${BRANCH}  ${count(landed.commits.length, "commit")}: ${rejection.stays.join(", ")}, once the required checks were green on exactly that`);
}

function whyOf(landed: Exclude<Landed, { kind: "landed" }>): string {
  return visible(landed.why, { lines: true });
}
