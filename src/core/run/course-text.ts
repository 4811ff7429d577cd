// What turned a run on its way as a sentence. What the agent or a person wrote stands in quotes, and can steer no terminal.
import { RULE_TEXT } from "../goals/rule-text.js";
import { ABANDON_RULES } from "../log/goals.js";
import { visible } from "../text/visible.js";
import { count } from "./amounts.js";
import type { CourseMoment } from "./course.js";

/** One line without its end. */
export function courseText(moment: CourseMoment): string {
  switch (moment.kind) {
    case "abandonment": {
      const who = { agent: "the agent", rule: "a rule", person: "a person" }[moment.by];
      const rule = moment.rule === null ? "" : ` (${RULE_TEXT[moment.rule]})`;
      const tried = moment.tried.length === 0 ? "" : ` Tried: ${moment.tried.map(quoted).join(", ")}.`;
      const unblock = moment.smallestUnblock === null ? "" : ` Would unblock it: ${quoted(moment.smallestUnblock)}.`;
      const out = moment.takenOut.length === 0 ? "" : ` Taken out again: ${ids(moment.takenOut)}.`;
      const stays = moment.kept.length === 0 ? "" : ` Stays: ${ids(moment.kept)}.`;
      const lifted = moment.lifted ? " It is open again since." : "";
      return `goal abandoned by ${who}${rule}: ${visible(moment.title)}. Why: ${quoted(moment.why)}.${tried}${unblock}${out}${stays}${lifted}`;
    }
    case "plan": {
      const changes = [
        ...(moment.added.length === 0 ? [] : [`added ${ids(moment.added)}`]),
        ...(moment.removed.length === 0 ? [] : [`removed ${ids(moment.removed)}`]),
        ...(moment.changed.length === 0 ? [] : [`changed ${ids(moment.changed)}`]),
      ];
      return `goals changed by ${moment.by === null ? "the agent" : visible(moment.by)}: ${count(moment.goals, "goal")}${changes.length === 0 ? ", the same as before" : `; ${changes.join("; ")}`}`;
    }
    case "waiver": {
      const which = ABANDON_RULES.every((rule) => moment.rules.includes(rule)) ? "by rule" : `by the ${moment.rules.length === 1 ? "rule" : "rules"} ${moment.rules.join(", ")}`;
      return `goal let be tried again by ${visible(moment.by)}, and not given up ${which} any more: ${visible(moment.title)}`;
    }
    case "limit-neared":
      return moment.mark === "reserve" ? `limit near, what is left is for wrapping up: ${moment.limit}, ${moment.share}` : `limit near: ${moment.limit}, ${moment.share}`;
    case "limit-raised":
      return `limit raised by ${visible(moment.by)}: ${moment.limit}, now ${moment.to}`;
  }
}

function quoted(text: string): string {
  return `"${visible(text)}"`;
}

function ids(all: readonly string[]): string {
  return all.map((id) => visible(id)).join(", ");
}
