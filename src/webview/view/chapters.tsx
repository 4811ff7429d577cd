// Level 1: the goals as a tree, each with how it stands, what went into it and how much of it is decided; under the
// selected one its account, and what a person can do about it.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Chapter } from "../../core/panel/chapters.js";
import type { Panel } from "../../core/panel/panel.js";
import { act } from "../acts.js";
import { moveFocus } from "../focus.js";
import type { Model } from "../model.js";
import { decisionsIn, NO_GOAL } from "../place.js";
import { Icon, type IconName } from "./icon.js";

/** Deeper ones stand no further in: a title must keep its room. */
const DEEPEST = 6;
const INDENT = 18;

/** The goal that stands for the task as a whole, where no goals were set. */
const WHOLE_TASK = "task";

export function Chapters({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  const { chapter } = model.place.value;
  const selected = chapter ?? panel.chapters[0]?.goal ?? NO_GOAL;
  if (panel.chapters.length === 0) return <p class="empty">No goals and no decisions yet.</p>;
  return (
    <ul role="tree" aria-label="Goals" class="goals">
      {panel.chapters.map((one) => (
        <Goal key={one.goal ?? NO_GOAL} model={model} panel={panel} goal={one} isSelected={(one.goal ?? NO_GOAL) === selected} />
      ))}
    </ul>
  );
}

interface GoalProps {
  readonly model: Model;
  readonly panel: Panel;
  readonly goal: Chapter;
  readonly isSelected: boolean;
}

function Goal({ model, panel, goal, isSelected }: GoalProps) {
  const id = goal.goal ?? NO_GOAL;
  const inside = decisionsIn(panel, id);
  const open = panel.decisions.filter((decision) => inside.includes(decision.id) && decision.open && decision.verdict === null).length;
  const marks = [goal.required ? "required" : "", goal.yours ? "yours" : ""].filter((mark) => mark !== "");
  const item = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    const main = item.current?.closest("main");
    if (!isSelected || main === undefined || main === null) return;
    if (main.contains(document.activeElement) || document.activeElement === document.body) moveFocus(item.current);
    item.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  return (
    <li
      ref={item}
      role="treeitem"
      aria-level={goal.depth + 1}
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      class={`decision goal-${goal.state}${isSelected ? " current" : ""}`}
      style={{ paddingLeft: `${String(Math.min(goal.depth, DEEPEST) * INDENT)}px` }}
    >
      <div
        class="row"
        onClick={() => {
          // The first click shows what can be done about it, the second goes into it.
          if (isSelected) enter(model, id);
          else model.go({ chapter: id });
        }}
      >
        {goal.goal === null && goal.state === "open" ? <span class="icon" /> : <Icon name={iconOf(goal)} />}
        <span class="title">{goal.title}</span>
        <span class="because">
          {marks.map((mark) => (
            <span key={mark} class="mark">{mark}</span>
          ))}
        </span>
        <span class="size">
          {inside.length} {inside.length === 1 ? "decision" : "decisions"}
        </span>
        <span class="word">{inside.length === 0 ? "" : open === 0 ? "all decided" : `${String(open)} undecided`}</span>
        <span class="stands">
          {goal.standing}
          {goal.spend !== "" && ` · ${goal.spend}`}
        </span>
      </div>
      {goal.why !== null && (
        <div class="account">
          <p class="bad">{goal.givenUp}</p>
          <p>
            <q>{goal.why}</q>
          </p>
          {goal.unblock !== null && (
            <p>
              Would unblock it: <q>{goal.unblock}</q>
            </p>
          )}
        </div>
      )}
      {goal.near !== null && (
        <p class="account">
          <Icon name="warning" /> {goal.near}.
        </p>
      )}
      {isSelected && <Selected model={model} goal={goal} decisions={inside.length} />}
    </li>
  );
}

/** What only the selected goal shows. */
function Selected({ model, goal, decisions }: { readonly model: Model; readonly goal: Chapter; readonly decisions: number }) {
  const { can, doneWhen } = goal;
  const id = goal.goal ?? WHOLE_TASK;
  return (
    <>
      {doneWhen !== null && (
        <p class="account">
          Done when this is green: <code>{doneWhen}</code>
        </p>
      )}
      <p
        class="account actions"
        onKeyDown={(event) => {
          // A button's own press is not meant for the list around it.
          if (event.key === "Enter" || event.key === " ") event.stopPropagation();
        }}
      >
        {decisions > 0 && (
          <button class="quiet" onClick={() => { enter(model, goal.goal ?? NO_GOAL); }}>
            Show {decisions === 1 ? "its decision" : `its ${String(decisions)} decisions`}
          </button>
        )}
        {can.waive && <button onClick={() => { model.bridge.post({ kind: "waive", goal: id }); }}>Let it be tried again</button>}
        {can.giveUp && <button onClick={() => { model.bridge.post({ kind: "giveUp", goal: id }); }}>Give up…</button>}
      </p>
    </>
  );
}

function enter(model: Model, goal: string): void {
  model.go({ chapter: goal });
  act(model, "in");
}

function iconOf(goal: Chapter): IconName {
  if (goal.state === "open") return goal.current ? "working" : "open";
  return goal.state === "reached" ? "accept" : "reject";
}
