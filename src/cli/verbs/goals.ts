// `vigil goals`: the tree of goals with how each stands and what went into it; and what a person changes about it.
import { editedGoals } from "../../client/edited-goals.js";
import { abandonGoal, changePlan, ruleNamed, waiveGoal } from "../../client/goal-commands.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { readPlan } from "../../client/plan-file.js";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import { goalRows } from "../../core/goals/view.js";
import { usedLimits } from "../../core/run/limits.js";
import { folded } from "../folded.js";
import { goalsText } from "../goals-text.js";
import { verb } from "../verb.js";

export const goals = verb({
  name: "goals",
  group: "people's side",
  usage: "goals RUN",
  about: "The goals, how each stands, and what went into it",
  detail: `A goal is given up by rule: when its check was red too often, its time or money is used up, or nothing moves.
--waive lifts rules from a goal; one that was given up is open again then, and a run that ended over it
goes on with "vigil resume". --edit takes the goals from a plan, which is also how to approve a plan that
waits, with changes. Your goals outrank the agent's.`,
  options: {
    edit: { value: "FILE", about: "Take the goals from this plan" },
    abandon: { value: "GOAL", about: "Give a goal up; what was done for it is taken out, unless policy keeps it" },
    waive: { value: "GOAL", about: "Let no rule give this goal up" },
    rule: { value: "RULE", about: "With --waive: this rule only" },
    why: { value: "TEXT", about: "With --abandon: the reason, for the record and the agent" },
  },
  least: 1,
  most: 1,
  examples: [
    ["vigil goals last", "how they stand"],
    ['vigil goals last --abandon docs --why "not this week"', "give one up"],
    ["vigil goals last --waive parser --rule attempts", "let it be tried further"],
    ["vigil goals last --edit task.md", "other goals, while it works"],
  ],
  async run({ args, values, screen, place }) {
    const asked = [values.edit, values.abandon, values.waive].filter((value) => value !== undefined);
    if (asked.length > 1) throw new HumanError("Ask for one thing at a time: --edit, --abandon or --waive.", 2);
    if (values.rule !== undefined && values.waive === undefined) throw new HumanError("--rule says which rule to lift, so it needs --waive GOAL.", 2);
    if (values.why !== undefined && values.abandon === undefined) throw new HumanError("--why is the reason for --abandon GOAL.", 2);
    const rules = values.rule === undefined ? [] : [ruleNamed(values.rule)];
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, args[0] ?? "");
    if (values.edit !== undefined) {
      const { text } = await readPlan(place.folder, values.edit);
      const edited = editedGoals((await requireRun(workspace.store, id)).run, text).goals;
      return folded(screen, id, await changePlan(workspace, id, edited), `The goals are those of ${values.edit} now; the agent is told with its next turn.`);
    }
    if (values.abandon !== undefined) return folded(screen, id, await abandonGoal(workspace, id, values.abandon, values.why), `Goal ${values.abandon} is given up at the next safe point, and the agent is told.`);
    if (values.waive !== undefined) return folded(screen, id, await waiveGoal(workspace, id, values.waive, rules), `No ${values.rule === undefined ? "rule gives" : `"${values.rule}" rule gives`} goal ${values.waive} up any more. If the run has ended, it goes on with: vigil resume ${id}`);
    const { run } = await requireRun(workspace.store, id);
    if (screen.json) screen.data({ goals: goalRows(run), limits: usedLimits(run) });
    else screen.say(goalsText(run, screen.columns, screen.ink));
    return 0;
  },
});
