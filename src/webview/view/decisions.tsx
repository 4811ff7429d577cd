// Level 2: the decisions under the headings that say how closely to look, each with the facts behind it. An accordion and
// not a list box, because what is unfolded holds text and buttons of its own.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Fact, Panel, PanelDecision } from "../../core/panel/panel.js";
import { act, intoSteps, select } from "../acts.js";
import { moveFocus } from "../focus.js";
import type { Model } from "../model.js";
import { Icon, VERDICT_WORD, verdictIcon } from "./icon.js";

export function Decisions({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  const groups = model.shown.value;
  if (groups.length === 0) return <Nothing model={model} panel={panel} />;
  return (
    <>
      {groups.map((group) => (
        <section key={group.kind} aria-label={group.heading}>
          <h2>
            {group.heading} ({group.decisions.length})
            {group.kind === "routine" && panel.can.review && group.decisions.some((one) => one.verdict === null) && (
              <button class="quiet right" onClick={() => { act(model, "sweep"); }}>
                Accept all routine…
              </button>
            )}
          </h2>
          {group.decisions.map((decision) => (
            <Row key={decision.id} model={model} decision={decision} />
          ))}
        </section>
      ))}
      {panel.events.length > 0 && (
        <section aria-label="Besides">
          <h2>Besides the decisions</h2>
          <ul class="events">
            {panel.events.map((text, n) => (
              <li key={n}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Nothing({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  const { filter } = model.place.value;
  if (panel.decisions.length === 0) return <p class="empty">No decisions yet ({panel.counts.steps.toLocaleString("en-US")} steps).</p>;
  return (
    <p class="empty">
      Nothing matches <code>{filter}</code>.{" "}
      <button onClick={() => { model.go({ filter: "", chapter: null }); }}>Clear filter</button>
    </p>
  );
}

function Row({ model, decision }: { readonly model: Model; readonly decision: PanelDecision }) {
  const isCurrent = model.place.value.decision === decision.id;
  const isUnfolded = model.place.value.unfolded === decision.id;
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const main = button.current?.closest("main");
    if (!isCurrent || main === undefined || main === null) return;
    // Focus follows the selection only where it is on the list already: a reader of a card or an input keeps theirs.
    if (main.contains(document.activeElement) || document.activeElement === document.body) moveFocus(button.current);
    button.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const word = decision.state === "proposed" ? "proposed" : decision.state === "open" ? "in work" : decision.state === "discarded" || decision.state === "dropped" ? "dropped" : decision.verdict === null ? "undecided" : VERDICT_WORD[decision.verdict];
  return (
    <article class={`decision verdict-${decision.verdict ?? "none"}${isCurrent ? " current" : ""}`}>
      <h3>
        <button
          ref={button}
          class="row"
          tabIndex={isCurrent ? 0 : -1}
          aria-expanded={isUnfolded}
          aria-controls={`facts-${decision.id}`}
          aria-current={isCurrent ? "true" : undefined}
          onClick={() => {
            select(model, decision.id);
            model.go({ unfolded: isUnfolded ? null : decision.id });
          }}
        >
          <Icon name={verdictIcon(decision.verdict)} />
          <span class="n">{decision.n}</span>
          <span class="title">{decision.title}</span>
          <span class="because">{decision.because}</span>
          <span class="size">
            <span class="plus">+{decision.added}</span> <span class="minus">−{decision.removed}</span> {decision.files.length} {decision.files.length === 1 ? "file" : "files"}
          </span>
          <span class="word">{word}</span>
        </button>
      </h3>
      <div id={`facts-${decision.id}`} class="unfolded" hidden={!isUnfolded}>
        {isUnfolded && <Unfolded model={model} decision={decision} />}
      </div>
    </article>
  );
}

function Unfolded({ model, decision }: { readonly model: Model; readonly decision: PanelDecision }) {
  const { can } = model.panel.value ?? { can: { review: false } };
  return (
    <>
      <dl>
        {decision.facts.map((fact, n) => (
          <FactLine key={n} fact={fact} />
        ))}
        <dt>Steps</dt>
        <dd>
          <button class="link" onClick={() => { intoSteps(model); }}>
            {decision.steps[0].toLocaleString("en-US")} to {decision.steps[1].toLocaleString("en-US")}
          </button>
          {decision.work === "" ? "" : `: ${decision.work}`}
        </dd>
      </dl>
      <ul class="files">
        {decision.files.map((file) => (
          <li key={file.path} class={model.place.value.file === file.path ? "current" : ""}>
            <button
              class="link"
              onClick={() => {
                model.go({ file: file.path });
                model.bridge.post({ kind: "open", decision: decision.id, path: file.path, focus: false });
              }}
            >
              {file.shown}
            </button>{" "}
            <span class="size">
              <span class="plus">+{file.added}</span> <span class="minus">−{file.removed}</span>
              {file.status === "modified" ? "" : ` ${file.status}`}
              {file.binary ? " binary" : ""}
              {file.verdict === null || file.verdict === decision.verdict ? "" : ` ${VERDICT_WORD[file.verdict]}`}
            </span>
          </li>
        ))}
      </ul>
      {decision.open && can.review && (
        <p class="actions">
          <button onClick={() => { act(model, "accept"); }}>Accept</button>
          <button onClick={() => { act(model, "reject"); }}>Reject…</button>
          <button onClick={() => { act(model, "ask"); }}>Ask for a change…</button>
          <button class="quiet" onClick={() => { act(model, "openAll"); }}>
            Open all files
          </button>
        </p>
      )}
    </>
  );
}

function FactLine({ fact }: { readonly fact: Fact }) {
  return (
    <>
      <dt>{fact.label}</dt>
      <dd class={fact.bad ? "bad" : ""}>
        {fact.bad && <Icon name="warning" />}
        {fact.quoted ? <q>{fact.text}</q> : fact.text}
      </dd>
    </>
  );
}
