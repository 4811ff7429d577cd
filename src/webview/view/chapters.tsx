// Level 1: the goals as chapters, each with how it stands and how much of it is decided.
import type { Panel } from "../../core/panel/panel.js";
import { act } from "../acts.js";
import type { Model } from "../model.js";
import { NO_GOAL } from "../place.js";

export function Chapters({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  const { chapter } = model.place.value;
  const selected = chapter ?? panel.chapters[0]?.goal ?? NO_GOAL;
  if (panel.chapters.length === 0) return <p class="empty">No goals and no decisions yet.</p>;
  return (
    <section aria-label="Goals">
      {panel.chapters.map((one) => {
        const goal = one.goal ?? NO_GOAL;
        const open = panel.decisions.filter((decision) => one.decisions.includes(decision.id) && decision.open && decision.verdict === null).length;
        const marks = [one.state === "abandoned" ? "abandoned" : "", one.required ? "required" : ""].filter((mark) => mark !== "").join(", ");
        return (
          <h3 key={goal} class={goal === selected ? "decision current" : "decision"}>
            <button
              class="row"
              tabIndex={goal === selected ? 0 : -1}
              aria-current={goal === selected ? "true" : undefined}
              onClick={() => {
                model.go({ chapter: goal });
                act(model, "in");
              }}
            >
              <span class="title">{one.title}</span>
              <span class="because">{marks}</span>
              <span class="size">
                {one.decisions.length} {one.decisions.length === 1 ? "decision" : "decisions"}
              </span>
              <span class="word">{open === 0 ? "all decided" : `${String(open)} undecided`}</span>
            </button>
          </h3>
        );
      })}
    </section>
  );
}
