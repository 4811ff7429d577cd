// `vigil run`: start a run and follow it.
import { HumanError } from "../../core/error.js";
import { openRepository } from "../../client/open-repository.js";
import { forecastRun } from "../../client/forecast-run.js";
import { startRun } from "../../client/start-run.js";
import { startTime } from "../../client/start-time.js";
import { visible } from "../../core/text/visible.js";
import { forecastText } from "../../core/run/forecast.js";
import { localMinute } from "../amounts.js";
import { follow } from "../follow.js";
import { stageNamed } from "../stage-named.js";
import { verb } from "../verb.js";

export const run = verb({
  name: "run",
  group: "start",
  usage: 'run "<task>"',
  about: "Starts a run on this repository and follows it",
  detail: `The run works on a copy of HEAD in a worktree of its own and is a process of its own: Ctrl-C or a
closed window does not end it. The first line on stdout is its id. Everything is checked before
anything is created: settings, key, machine, stage.

Without --stage the run takes the highest stage that the committed policy, this machine and the
track record allow; "vigil policy" shows which, and what opens the next one. Without a terminal a
question prints itself and the command ends with exit code 4, while the run lives on.

More runs of a repository than may work at once (vigil.run.atOnce, 3 unless you set it) wait for
their turn, oldest first, and begin by themselves. With --at a run waits for its time; the commit it
works on is the one that is HEAD now, and the machine must be on and awake then.

A plan for --file is Markdown with these headings, each optional but the first:
Goal · Done when · May be dropped · Must not be dropped · Stop if · Do not touch. A command in
backticks is a check that the run itself makes; an item such as "docs: Write the guide (done when
\`npm run docs\`; at most 30 minutes; in any case)" is a goal with its own check and limits.`,
  options: {
    file: { value: "FILE", about: "The task as a plan in a Markdown file; it outranks the agent's own goals" },
    stage: { value: "STAGE", about: "read-only, gated-write, bounded-write or autonomous-with-summary" },
    "plan-first": { about: "Show me the goals, and change nothing before I approved them" },
    at: { value: "TIME", about: "Start then: 22:00, or 2026-11-27T06:30 with Z or an offset for another zone" },
    detach: { about: "Print the id and return" },
  },
  least: 0,
  most: 1,
  examples: [
    ['vigil run "Fix the flaky date test"', "start and follow"],
    ["vigil run --file task.md --detach", "start from a plan and go home"],
    ["vigil run --file task.md --plan-first", "see and approve the goals before anything changes"],
    ['vigil run "Renew the fixtures" --at 22:00 --detach', "begin tonight"],
    ['vigil run "Where is the cache filled?" --stage read-only', "may only look and propose"],
  ],
  async run({ args, values, screen, place, interrupted }) {
    const task = args[0];
    if (task === undefined && values.file === undefined) throw new HumanError('There is no task: write it in quotes, as in vigil run "Fix the flaky date test", or name a plan with --file.', 2);
    if (task?.trim() === "") throw new HumanError('The task is empty: write what to do in quotes, as in vigil run "Fix the flaky date test".', 2);
    const stage = values.stage === undefined ? undefined : stageNamed(values.stage);
    const at = values.at === undefined ? undefined : startTime(values.at, new Date());
    const workspace = await openRepository(place);
    const started = await startRun(workspace, { task, file: values.file, stage, planFirst: values["plan-first"], at });
    if (!screen.json) screen.say(started.id);
    if (started.spec.withoutCommands !== undefined) screen.tell(`Read-only without commands: ${visible(started.spec.withoutCommands)}`);
    const expected = screen.json ? undefined : await forecastRun(workspace.store, started.stage);
    if (expected !== undefined) screen.tell(forecastText(expected));
    if (values.detach) {
      if (screen.json) screen.data({ id: started.id });
      else screen.tell(`${at === undefined ? `The run works at ${started.stage}, as soon as there is a place for it.` : `The run begins at ${localMinute(at)}, at ${started.stage}, from the commit that is HEAD now.`} Follow it: vigil resume ${started.id}   How it stands: vigil show ${started.id}`);
      return 0;
    }
    const followed = await follow(screen, started.log, interrupted, { from: 0 });
    if (screen.json) screen.data({ id: started.id, state: followed.state, exit: followed.exit });
    else if (followed.state === "ready") screen.say(`Review it: vigil review ${started.id}`);
    return followed.exit;
  },
});
