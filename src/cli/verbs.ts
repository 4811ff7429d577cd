// The table of verbs. The order is the order in the help.
import { helpFor, helpWidth, overview } from "./help.js";
import { HumanError } from "../core/error.js";
import { closest } from "./closest.js";
import { verb, type Verb } from "./verb.js";
import { adopt } from "./verbs/adopt.js";
import { answer } from "./verbs/answer.js";
import { diff } from "./verbs/diff.js";
import { doctor } from "./verbs/doctor.js";
import { exportVerb } from "./verbs/export.js";
import { goals } from "./verbs/goals.js";
import { land } from "./verbs/land.js";
import { log } from "./verbs/log.js";
import { lower } from "./verbs/lower.js";
import { pause } from "./verbs/pause.js";
import { policy } from "./verbs/policy.js";
import { raise } from "./verbs/raise.js";
import { rehearse } from "./verbs/rehearse.js";
import { remove } from "./verbs/remove.js";
import { report } from "./verbs/report.js";
import { resume } from "./verbs/resume.js";
import { review } from "./verbs/review.js";
import { run } from "./verbs/run.js";
import { runs } from "./verbs/runs.js";
import { show } from "./verbs/show.js";
import { steer } from "./verbs/steer.js";
import { stop } from "./verbs/stop.js";
import { timeline } from "./verbs/timeline.js";
import { unland } from "./verbs/unland.js";
import { verify } from "./verbs/verify.js";

const help = verb({
  name: "help",
  group: "set up",
  usage: "help [VERB]",
  about: "This overview, or how to use one verb",
  options: {},
  least: 0,
  most: 1,
  examples: [["vigil help run", "how to start a run"]],
  run({ args, screen }) {
    const name = args[0];
    const found = VERBS.find((one) => one.name === name);
    if (name !== undefined && found === undefined) {
      const near = closest(name, VERBS.map((one) => one.name));
      throw new HumanError(`There is no verb "${name}".${near === undefined ? "" : ` Did you mean "vigil help ${near}"?`} "vigil help" lists the verbs.`, 2);
    }
    const text = found === undefined ? overview(VERBS, helpWidth(screen)) : helpFor(found, helpWidth(screen));
    if (screen.json) screen.data({ help: text });
    else screen.say(text);
    return Promise.resolve(0);
  },
});

export const VERBS: readonly Verb[] = [
  run,
  rehearse,
  answer,
  steer,
  pause,
  resume,
  goals,
  raise,
  lower,
  stop,
  runs,
  show,
  timeline,
  log,
  diff,
  report,
  exportVerb,
  verify,
  review,
  land,
  unland,
  adopt,
  policy,
  doctor,
  remove,
  help,
];
