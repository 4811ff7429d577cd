// The whole page: where the reader is, what waits for an answer, and one level of the run.
import { useLayoutEffect, useRef } from "preact/hooks";
import { act, toLevel } from "../acts.js";
import { moveFocus } from "../focus.js";
import type { Model } from "../model.js";
import { NO_GOAL, type Level } from "../place.js";
import { Chapters } from "./chapters.js";
import { Compose } from "./compose.js";
import { Decisions } from "./decisions.js";
import { Filter } from "./filter-line.js";
import { GateCard } from "./gate-card.js";
import { Groups } from "./groups.js";
import { Header } from "./header.js";
import { Help } from "./help.js";
import { Report } from "./report.js";
import { Steps } from "./steps.js";
import { Strip } from "./strip.js";

export function App({ model }: { readonly model: Model }) {
  const panel = model.panel.value;
  if (panel === undefined) {
    const { text, bad } = model.said.value;
    return <p role="status" class={bad ? "empty bad" : "empty"}>{text === "" ? "Reading the run…" : text}</p>;
  }
  const { level } = model.place.value;
  return (
    <>
      <Crumbs model={model} />
      <Header model={model} panel={panel} />
      {/* A decision's approval and its verdict are one: it is given in the list below. */}
      {panel.gates
        .filter((gate) => gate.type !== "decision")
        .map((gate) => (
          <GateCard key={gate.id} model={model} gate={gate} />
        ))}
      <Strip model={model} strip={panel.strip} />
      <Filter model={model} />
      <List model={model} level={level}>
        {level === 0 && <Report model={model} panel={panel} />}
        {level === 1 && <Chapters model={model} panel={panel} />}
        {level === 2 && <Decisions model={model} panel={panel} />}
        {level === 3 && <Groups model={model} />}
        {level === 4 && <Steps model={model} />}
      </List>
      <Compose model={model} />
      <Help model={model} />
      <Status model={model} />
    </>
  );
}

/** The part that single keys act on. Whoever types elsewhere on the page must not give verdicts. */
function List({ model, level, children }: { readonly model: Model; readonly level: Level; readonly children: preact.ComponentChildren }) {
  const list = useRef<HTMLElement>(null);
  const tell = (inside: boolean): void => {
    model.bridge.post({ kind: "focus", list: inside, level });
  };
  useLayoutEffect(() => {
    if (list.current?.contains(document.activeElement) !== true && !isWriting()) moveFocus(list.current);
    tell(list.current?.contains(document.activeElement) === true);
  }, [level]);
  return (
    <main
      ref={list}
      tabIndex={-1}
      aria-label="Decision timeline"
      onFocusIn={() => { tell(true); }}
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) tell(false);
      }}
      onKeyDown={(event) => {
        // The editor's keybinding acts on it; a button that was clicked by the same press would act a second time.
        if (event.key === "Enter" || event.key === " ") event.preventDefault();
        if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) event.preventDefault();
      }}
    >
      {children}
    </main>
  );
}

function isWriting(): boolean {
  const { activeElement } = document;
  return activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement;
}

function Crumbs({ model }: { readonly model: Model }) {
  const panel = model.panel.value;
  const { level, chapter } = model.place.value;
  if (panel === undefined) return null;
  const decision = model.current.value;
  const goal = panel.chapters.find((one) => (one.goal ?? NO_GOAL) === chapter);
  const crumbs: readonly { readonly level: Level; readonly text: string }[] = [
    { level: 0, text: "Report" },
    { level: 1, text: "Goals" },
    { level: 2, text: goal === undefined ? "Decisions" : goal.title },
    ...(decision === undefined ? [] : [{ level: 3 as const, text: `${String(decision.n)} ${decision.title}` }]),
    { level: 4, text: "Steps" },
  ];
  return (
    <nav class="crumbs" aria-label="Where you are">
      {crumbs
        .filter((crumb) => crumb.level <= Math.max(2, level))
        .map((crumb) => (
          <button key={crumb.level} class="crumb" aria-current={crumb.level === level ? "page" : undefined} onClick={() => { if (crumb.level < level) toLevel(model, crumb.level); else if (crumb.level > level) act(model, "in"); }}>
            {crumb.text}
          </button>
        ))}
      <button class="crumb right" onClick={() => { act(model, "help"); }}>
        Keys
      </button>
    </nav>
  );
}

function Status({ model }: { readonly model: Model }) {
  const { text, bad } = model.said.value;
  return (
    <footer>
      <p role="status" class={bad ? "said bad" : "said"}>
        {text}
      </p>
      {model.unseen.value > 0 && <p class="unseen">{model.unseen.value} new below</p>}
      <p class="keys" aria-hidden="true">
        <kbd>j</kbd>/<kbd>k</kbd> move · <kbd>n</kbd> next undecided · <kbd>a</kbd> accept · <kbd>x</kbd> reject · <kbd>c</kbd> ask · <kbd>u</kbd> undo · <kbd>Enter</kbd> zoom · <kbd>?</kbd> keys
      </p>
    </footer>
  );
}
