// `vigil review`: read what a run did, and give verdicts.
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { requireRun } from "../../client/read-run.js";
import { planReview, reviewRun, type Planned, type Wanted } from "../../client/review-run.js";
import { HumanError } from "../../core/error.js";
import type { VerdictAct } from "../../core/log/parts.js";
import { lastGiven } from "../../core/review/undo.js";
import type { Run } from "../../core/run/run.js";
import { visible } from "../../core/text/visible.js";
import { ids } from "../ids.js";
import { afterVerdicts, reviewRows, reviewText } from "../review-text.js";
import { verb } from "../verb.js";

export const review = verb({
  name: "review",
  group: "review and land",
  usage: "review RUN",
  about: "What a run did, decision by decision; and your verdicts on it",
  detail: `Without options it lists the decisions with their reasons. IDS are separated by commas: a decision
(d3), one of its files (d3:src/a.js) or one hunk of that (d3:src/a.js#2); or "all" or "routine",
which mean everything, or the routine part, that has no verdict yet. What falls with a rejection is
said before it is given. Verdicts can be taken back until they have landed.`,
  options: {
    accept: { value: "IDS", about: "May land" },
    reject: { value: "IDS", about: "Must not land; what stands on it falls with it" },
    ask: { value: "IDS", about: "Must be changed first; say what with --comment" },
    withdraw: { value: "IDS", about: "Take the verdict back; what held before holds again" },
    undo: { about: "Take the newest verdicts back; repeat it to go further" },
    comment: { value: "TEXT", about: "Why; a working agent is told" },
  },
  least: 1,
  most: 1,
  examples: [
    ["vigil review last", "what is there to decide"],
    ["vigil review last --accept d1,d2 --reject d3", "verdicts"],
    ["vigil review last --accept routine", "what needs no closer look"],
    ["vigil review last --undo", "as before the last verdicts"],
  ],
  async run({ args, values, screen, place }) {
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    const view = await requireRun(workspace.store, id);
    const wanted = values.undo ? undoing(view.run, values) : wantedOf(values);
    if (wanted.length === 0) {
      if (values.comment !== undefined) throw new HumanError("A comment alone is no verdict: add --accept IDS, --reject IDS or --ask IDS.", 2);
      if (screen.json) screen.data({ id, state: view.state, decisions: reviewRows(view.run) });
      else screen.say(reviewText(view.run, { ink: screen.ink, width: Math.min(screen.columns, 110) }));
      return 0;
    }
    const planned = await planReview(view, wanted);
    if (planned.falls.length > 0) screen.tell(`With this rejection falls what stands on it: ${planned.falls.join(", ")}.`);
    const folding = await reviewRun(workspace, view, planned);
    if (folding.kind === "refused") throw new HumanError(`The run ${id} refused this: ${visible(folding.why)}`);
    if (screen.json) screen.data({ id, kind: "accepted", verdicts: planned.verdicts, falls: planned.falls });
    else screen.say(verdictsText(planned, (await requireRun(workspace.store, id)).run));
    return 0;
  },
});

type Texts = { readonly [name in "accept" | "reject" | "ask" | "withdraw" | "comment"]?: string | undefined };

function undoing(run: Run, { accept, reject, ask, withdraw, comment }: Texts): Wanted[] {
  if ([accept, reject, ask, withdraw, comment].some((text) => text !== undefined)) throw new HumanError("--undo takes back the newest verdicts and goes with nothing else: give it alone.", 2);
  const last = lastGiven(run);
  if (last === undefined) throw new HumanError(`There is no verdict of a person to take back${run.landing?.state === "landed" ? `: it has landed. First: vigil unland ${run.id}` : ` in the run ${run.id}.`}`);
  return [{ verdict: "withdraw", ids: last.targets }];
}

function wantedOf(values: Texts): Wanted[] {
  const { comment } = values;
  if (values.ask !== undefined && comment === undefined) throw new HumanError('Say what should change: add --comment "TEXT".', 2);
  const all = [
    { verdict: "accept", ids: ids(values.accept), comment },
    { verdict: "reject", ids: ids(values.reject), comment },
    { verdict: "change", ids: ids(values.ask), comment },
    { verdict: "withdraw", ids: ids(values.withdraw) },
  ] as const;
  return all.filter((one) => one.ids.length > 0);
}

const SAID: Readonly<Record<VerdictAct, string>> = { accept: "Accepted", reject: "Rejected", change: "Asked for a change of", later: "Put off", acknowledge: "Acknowledged", dispute: "Disputed", withdraw: "Took back the verdict on" };

function verdictsText(planned: Planned, run: Run): string {
  const said = planned.verdicts.map((one) => `${SAID[one.verdict]} ${one.targets.map((target) => visible(target)).join(", ")}.`);
  return [...said, afterVerdicts(run)].join("\n");
}
