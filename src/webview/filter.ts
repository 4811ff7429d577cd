// The filter of the decision list: words that must all hold. `band:read`, `file:src/`, `undecided`, `accepted`, `rejected`,
// `failed`, `dropped`; anything else is looked for in title, paths and facts. A `!` in front turns a word round.
import type { PanelDecision } from "../core/panel/panel.js";

export function matches(decision: PanelDecision, filter: string): boolean {
  return filter
    .split(/\s+/u)
    .filter((word) => word !== "" && word !== "!")
    .every((word) => (word.startsWith("!") ? !holds(decision, word.slice(1)) : holds(decision, word)));
}

/** Bands under the names that a screen gives them as well. */
const BANDS: Readonly<Record<string, string>> = { read: "read", high: "read", check: "skim", skim: "skim", medium: "skim", routine: "routine", low: "routine" };

function holds(decision: PanelDecision, word: string): boolean {
  const [name, ...rest] = word.split(":");
  const value = rest.join(":").toLowerCase();
  if ((name === "band" || name === "risk") && value !== "") return decision.band === (BANDS[value] ?? value);
  if (name === "file" && value !== "") return decision.files.some((file) => file.path.toLowerCase().includes(value));
  switch (word) {
    case "undecided":
      return decision.open && (decision.verdict === null || decision.verdict === "later");
    case "accepted":
      return decision.verdict === "accept";
    case "rejected":
      return decision.verdict === "reject";
    case "failed":
      return decision.facts.some((fact) => fact.bad);
    case "dropped":
      return decision.state === "discarded" || decision.state === "dropped";
    default: {
      const sought = word.toLowerCase();
      return [decision.title, decision.because, ...decision.files.map((file) => file.path), ...decision.facts.map((fact) => fact.text)].some((text) => text.toLowerCase().includes(sought));
    }
  }
}
