// What the reader must know before anything else: the task, how it stands, what is left to decide, how much is explained.
import { act } from "../acts.js";
import type { Panel } from "../../core/panel/panel.js";
import type { Model } from "../model.js";
import { Icon } from "./icon.js";
import { Limits } from "./limits.js";

export function Header({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  const { undecided, accepted, rejected, decisions, steps } = panel.counts;
  return (
    <header>
      <h1>{panel.task}</h1>
      {panel.scripted && <p class="scripted">A rehearsal: everything is real but the model's words, which come from a script.</p>}
      <p class="headline">{panel.headline}</p>
      <ul class="facts">
        {panel.facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
        <li>
          {steps.toLocaleString("en-US")} {steps === 1 ? "step" : "steps"} → {decisions} {decisions === 1 ? "decision" : "decisions"}
        </li>
      </ul>
      <p class="counts">
        <span class={undecided > 0 ? "count waits" : "count"}>{undecided} undecided</span>
        <span class="count">{accepted} accepted</span>
        <span class="count">{rejected} rejected</span>
        {panel.coverage !== null && <span class="coverage">{panel.coverage}</span>}
      </p>
      <Limits model={model} panel={panel} />
      {panel.unexplained.length > 0 && (
        <p class="unexplained">
          <Icon name="warning" /> Unexplained changes, belonging to no decision: {panel.unexplained.map((path, n) => [n > 0 && ", ", <code key={path}>{path}</code>])}
        </p>
      )}
      <p class="actions">
        {panel.can.resume && (
          <button class="primary" onClick={() => { model.bridge.post({ kind: "resume" }); }}>
            Resume
          </button>
        )}
        {panel.can.rework > 0 && (
          <button class="primary" onClick={() => { model.bridge.post({ kind: "resume" }); }}>
            {panel.can.rework === 1 ? "Have it changed" : `Have ${String(panel.can.rework)} changes made`}
          </button>
        )}
        {panel.can.land && (
          <button class={panel.can.rework > 0 ? "" : "primary"} onClick={() => { act(model, "land"); }}>
            Land what is accepted…
          </button>
        )}
        {panel.can.unland && <button onClick={() => { model.bridge.post({ kind: "unland" }); }}>Undo the landing</button>}
        {panel.can.undo && <button onClick={() => { act(model, "undo"); }}>Undo the last verdict</button>}
        <button class="quiet" onClick={() => { model.bridge.post({ kind: "asText" }); }}>
          Open as text
        </button>
      </p>
    </header>
  );
}
