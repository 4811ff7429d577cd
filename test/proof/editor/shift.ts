// What the scripted model does beside an editor: parts, each with work that shows in a file when it is done twice, and a
// question before and after; and the person who goes through it by the command line, whose run ends as it must.
import { POLICY } from "../../runner/lab.js";
import { bash, begin, end, finish, taken, type Scenario } from "../crashes/scenario.js";

/** A command that a person is asked for. What was allowed once holds for the same words, so no two are alike. */
const asked = (n: number, when: string) => bash(`node test/all.js ${when} ${String(n)}`);

export function partsScenario(parts: number): Scenario {
  const all = Array.from({ length: parts }, (_, n) => n + 1);
  return {
    name: `${String(parts)} parts`,
    task: "Write the parts",
    stage: "bounded-write",
    settings: { ...POLICY, "vigil.policy.maxStage": "bounded-write", "vigil.policy.landing.branch": undefined, "vigil.policy.requiredChecks": ["test -f src/part-1.js"], "vigil.policy.commands": [{ match: "node", decision: "ask", reason: "a person should know" }] },
    script: {
      turns: all.flatMap((n) => [
        { blocks: [asked(n, "before")] },
        { blocks: [begin(titleOf(n))] },
        ...[1, 2, 3].map((step) => ({ blocks: [bash(`sleep 0.4; echo ${String(step)} >> src/part-${String(n)}.js`)] })),
        { blocks: [asked(n, "after")] },
        { blocks: [end()] },
      ]),
      after: { blocks: [finish] },
    },
    next(seen) {
      const { id, run } = seen;
      const gate = run.gates.find(({ state }) => state.kind === "open" || state.kind === "parked");
      if (gate !== undefined) return ["answer", id, gate.id, "allow"];
      if (run.phase.kind !== "ended") return undefined;
      if (!taken(seen, "review")) return ["review", id, "--accept", "all"];
      return run.landing?.state === "landed" ? undefined : ["land", id];
    },
  };
}

export const titleOf = (part: number): string => `Part ${String(part)}`;

/** Decision after decision, until it is told that it is enough: each writes its number to the end of one file. */
export function endlessScript(isEnough: () => boolean) {
  let written = 0;
  return {
    script: {
      turns: [],
      choose: () => {
        if (isEnough()) return { blocks: [finish] };
        written += 1;
        return { blocks: [begin(titleOf(written)), bash(`sleep 0.5; echo ${String(written)} >> src/tally.js`), end()], slowMs: 100 };
      },
    },
    /** What the file must hold when all is over. */
    tally: () => Array.from({ length: written }, (_, n) => `${String(n + 1)}\n`).join(""),
  };
}
