// The goals that were not reached, as lines of the report: what was required first, and for each that was given up the
// account of it. A goal without a check is never called reached, and never called missed either.
import { RULE_TEXT } from "../goals/rule-text.js";
import { goalSpend, goalStanding, isUnproven, type GoalRow } from "../goals/view.js";
import type { Report } from "./report.js";
import { line, type Line, type Span } from "./report-line.js";

type Given = Report["abandoned"][number];

export function unreachedLines({ goals, abandoned }: Pick<Report, "goals" | "abandoned">): readonly Line[] {
  const given = new Map(abandoned.map((entry) => [entry.goal, entry]));
  const known = new Set(goals.map((row) => row.id));
  const missed = goals.filter((row) => row.state !== "reached" && !isUnproven(row));
  const unproven = goals.filter(isUnproven);
  return [
    // The whole task, where no goals were set.
    ...abandoned.filter((entry) => !known.has(entry.goal)).map((entry) => givenUpLine(["The whole task"], entry)),
    ...missed.toSorted((one, other) => urgency(one) - urgency(other)).map((row) => {
      const entry = given.get(row.id);
      const name: readonly Span[] = ["Goal ", { code: row.id }, " ", { quote: row.title }, row.required ? ", required" : ""];
      return entry === undefined ? openLine(name, row) : givenUpLine(name, entry);
    }),
    ...(unproven.length === 0 ? [] : [{ spans: ["Worked on, but without a check, so nothing proves that they are reached:"], below: unproven.map((row) => line("Goal ", { code: row.id }, " ", { quote: row.title })) }]),
  ];
}

/** Required before what may be dropped, given up before open. */
function urgency(row: GoalRow): number {
  return (row.required ? 0 : 2) + (row.state === "abandoned" ? 0 : 1);
}

function openLine(name: readonly Span[], row: GoalRow): Line {
  const below = [...(row.doneWhen === null ? [] : [line("Done when this is green: ", { code: row.doneWhen })]), line(`What went into it: ${goalSpend(row)}.`)];
  return { spans: [...name, `: ${goalStanding(row)}`], below };
}

function givenUpLine(name: readonly Span[], entry: Given): Line {
  const who = { agent: "the agent", rule: "a rule", person: "a person" }[entry.by];
  const why = entry.by === "agent" ? "Why, the agent says: " : "Why: ";
  return {
    spans: [...name, `: given up by ${who}${entry.rule === null ? "" : `, because ${RULE_TEXT[entry.rule]}`}`],
    below: [
      line(why, { quote: entry.why }),
      ...(entry.tried.length === 0 ? [] : [{ spans: ["Tried:"], below: entry.tried.map((one) => line({ quote: one })) }]),
      ...(entry.smallestUnblock === null ? [] : [line("Would unblock it: ", { quote: entry.smallestUnblock })]),
      ...(entry.takenOut.length === 0 ? [] : [line(`Taken out again: ${entry.takenOut.join(", ")}.`)]),
      ...(entry.kept.length === 0 ? [] : [line(`What stays of it: ${entry.kept.join(", ")}.`)]),
    ],
  };
}
