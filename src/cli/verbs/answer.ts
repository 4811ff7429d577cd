// `vigil answer`: allow or deny what a run asks.
import { HumanError } from "../../core/error.js";
import { answerRun } from "../../client/answer-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { landingAfter } from "../../client/land-run.js";
import { folded } from "../folded.js";
import { landedExit, landedText } from "../landed-text.js";
import { verb } from "../verb.js";

export const answer = verb({
  name: "answer",
  group: "people's side",
  usage: "answer RUN GATE allow|deny",
  about: "Answers a question of a run",
  detail: `The answer is about exactly what the question showed; "vigil show RUN" prints it. The first answer
holds. Allowing a decision accepts it. Where no process works on the run, the answer is noted
down; with a key in the environment it also sets the run going again. Allowing a landing lands, and
says what came of it as "vigil land" does.`,
  options: {
    comment: { value: "TEXT", about: "Said to the agent along with the answer" },
    "for-run": { about: "Holds for the whole run, not only until the decision ends" },
  },
  least: 3,
  most: 3,
  examples: [
    ["vigil answer last g1 allow", "yes, exactly that"],
    ['vigil answer last g1 deny --comment "not in this file"', "no, and why"],
  ],
  async run({ args, values, screen, place }) {
    const [run = "", gate = "", word = ""] = args;
    if (word !== "allow" && word !== "deny") throw new HumanError(`"${word}" is no answer: write allow or deny, as in "vigil answer ${run} ${gate} allow".`, 2);
    const workspace = await openRepository(place);
    const id = await findRun(workspace.store, run);
    const { folding, lands } = await answerRun(workspace, id, { gate, answer: word, comment: values.comment, forRun: values["for-run"] });
    if (!lands || folding.kind === "refused") return folded(screen, id, folding, answeredText(id, gate, word));
    screen.status("Landing. Required checks may take a while.");
    const landing = await landingAfter(workspace, id, folding.seq);
    screen.status("");
    if (screen.json) screen.data({ id, kind: "accepted", command: folding.id, landing });
    else screen.say(`Allowed ${gate}. ${landedText(id, landing)}`);
    return landedExit(landing);
  },
});

function answeredText(id: string, gate: string, word: "allow" | "deny"): string {
  return `${word === "allow" ? "Allowed" : "Denied"} ${gate}. How the run stands: vigil show ${id}`;
}
