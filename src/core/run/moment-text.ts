// One moment of a timeline as a sentence. Who said something is part of it; nothing in it can steer a terminal.
import { visible } from "../text/visible.js";
import { count, grouped } from "./amounts.js";
import { courseText } from "./course-text.js";
import type { Moment, StepRange } from "./moments.js";

/** One line without its end. */
export function momentText(moment: Moment): string {
  switch (moment.kind) {
    case "work":
      return moment.text;
    case "decision":
      return `decision ${moment.decision}`;
    case "failure": {
      const how = { error: "failed", invalid: "was malformed and not run", interrupted: "was interrupted" }[moment.outcome];
      return `${visible(moment.tool)} ${how}${times(moment.count)}: ${visible(moment.about)} (${where(moment.steps)})`;
    }
    case "denial":
      return `denied${times(moment.count)}: ${visible(moment.tool)} ${visible(moment.about)}, by ${visible(moment.rule)} (${where(moment.steps)})`;
    case "gate":
      return gateText(moment);
    case "violation":
      return `violation ${moment.violation}: ${moment.paths.map((path) => visible(path)).join(", ")} taken out again, by ${visible(moment.rule)}`;
    case "abandonment":
    case "plan":
    case "waiver":
    case "limit-neared":
    case "limit-raised":
      return courseText(moment);
    case "check": {
      const outcome = moment.outcome === "unable" ? `could not run${moment.why === null ? "" : ` (${visible(moment.why)})`}` : moment.outcome;
      const on = { base: "on the base", decision: "", landing: "on what would land", worktree: "on the worktree" }[moment.on];
      return `check ${outcome}: ${[visible(moment.command), on].filter((part) => part !== "").join(" ")}${moment.source === "claim" ? " (the agent's own check)" : ""}`;
    }
    case "host": {
      const name = `${visible(moment.host)}${moment.port === 0 ? "" : `:${String(moment.port)}`}`;
      const when = moment.steps === null ? "" : ` (${where(moment.steps)})`;
      return moment.refused === null ? `reached ${name}${times(moment.count)}${when}` : `host refused${times(moment.count)}: ${name}, ${visible(moment.refused)}${when}`;
    }
    case "instruction":
      return "a person sent the agent an instruction";
    case "landing": {
      const state = { intended: "landing begun", landed: "landed", undone: "landing undone" }[moment.state];
      return `${state}: ${count(moment.commits, "commit")} on ${visible(moment.branch)}, by ${moment.by === null ? "policy" : visible(moment.by)}`;
    }
    case "landing-stopped": {
      const paths = [...moment.paths, ...moment.confirm.map((one) => `${one.id}${one.path === undefined ? "" : ` ${one.path}`}: ${one.why}`)];
      const said = { conflict: "landing stopped by a conflict", confirm: "landing asks for a second confirmation", blocked: "landing blocked" }[moment.outcome];
      return `${said}: ${visible(moment.why)}${paths.length === 0 ? "" : ` (${paths.map((path) => visible(path)).join("; ")})`}`;
    }
  }
}

function gateText(gate: Extract<Moment, { kind: "gate" }>): string {
  // Not how many goals were asked about: a person may have approved others, which stand in a line of their own.
  if (gate.type === "plan" && gate.answer !== null) return `plan ${gate.answer === "allow" ? "approved" : "sent back"} by ${visible(gate.by ?? "a person")}${gate.comment === null ? "" : `: "${visible(gate.comment)}"`}`;
  const asked = `approval ${gate.gate} (${gate.type}): ${visible(gate.target)}. Why: "${visible(gate.why)}".`;
  const comment = gate.comment === null ? "" : `: "${visible(gate.comment)}"`;
  switch (gate.state) {
    case "open":
      return `${asked} Waiting for an answer.`;
    case "parked":
      return `${asked} Skipped for now.`;
    case "expired":
      return `${asked} Expired without an answer.`;
    case "answered":
      return `${asked} ${gate.answer === "allow" ? "Allowed" : "Denied"} by ${visible(gate.by ?? "a person")}${comment}.`;
  }
}

function times(n: number): string {
  return n === 1 ? "" : ` ${grouped(n)} times`;
}

function where([from, to]: StepRange): string {
  return from === to ? `step ${grouped(from)}` : `steps ${grouped(from)} to ${grouped(to)}`;
}
