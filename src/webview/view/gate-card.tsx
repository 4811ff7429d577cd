// A question that waits for a person. Nothing here takes focus by itself, and its buttons cannot be pressed for a moment after
// it appears, so that a key meant for something else approves nothing.
import { useEffect, useState } from "preact/hooks";
import type { PanelGate } from "../../core/panel/panel.js";
import { amount } from "../amount.js";
import type { Model } from "../model.js";
import { keepKeys } from "../own-keys.js";
import { Icon } from "./icon.js";

const DEAF_MS = 400;

const ASKS: Readonly<Record<PanelGate["type"], string>> = {
  write: "The agent wants to write a file",
  command: "The agent wants to run a command",
  host: "The agent wants to reach a host",
  decision: "A decision waits for your approval",
  landing: "A landing waits for your approval",
  question: "The agent asks",
  budget: "A limit is reached",
  refusal: "The model refuses to go on",
  plan: "The goals wait for your approval",
};

export function GateCard({ model, gate }: { readonly model: Model; readonly gate: PanelGate }) {
  const [hears, setHears] = useState(false);
  const [comment, setComment] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => { setHears(true); }, DEAF_MS);
    return () => { clearTimeout(timer); };
  }, [gate.digest]);
  const answer = (kind: "allow" | "deny", forRun: boolean): void => {
    model.bridge.post({ kind: "answer", gate: gate.id, digest: gate.digest, answer: kind, forRun, ...(comment === "" ? {} : { comment }) });
  };
  const canLast = gate.type === "write" || gate.type === "command" || gate.type === "host";
  return (
    <section class="gate" aria-label={`${ASKS[gate.type]}: ${gate.target}`}>
      <h2>
        <Icon name="bell" /> {ASKS[gate.type]}
        <span class="right">
          {gate.id} · {gate.parked ? "skipped for now, " : ""}waiting {amount(Math.max(0, Date.now() - gate.raisedAt))}
        </span>
      </h2>
      {gate.shown === null ? <p class="bad">What it is about cannot be shown: its text is missing from the record. Deny it, or run "vigil verify".</p> : <pre class="shown">{gate.shown}</pre>}
      <dl>
        <dt>What</dt>
        <dd class="code">{gate.target}</dd>
        <dt>Why</dt>
        <dd>
          <q>{gate.why}</q>
        </dd>
        {gate.ifDenied !== null && (
          <>
            <dt>If denied</dt>
            <dd>{gate.ifDenied}</dd>
          </>
        )}
      </dl>
      {gate.options.length > 0 && <p>It offers: {gate.options.join(" · ")}</p>}
      <label>
        {gate.type === "question" ? "Your answer" : "A word to the agent (optional)"}
        <textarea rows={1} value={comment} onKeyDown={keepKeys} onInput={(event) => { setComment(event.currentTarget.value); }} />
      </label>
      <p class="actions">
        <button disabled={!hears || gate.shown === null} onClick={() => { answer("allow", false); }}>
          {gate.type === "question" ? "Send answer" : gate.type === "plan" ? "Go ahead" : "Allow once"}
        </button>
        <button disabled={!hears} onClick={() => { answer("deny", false); }}>{gate.type === "plan" ? "Send back" : "Deny"}</button>
        {canLast && (
          <button class="quiet" disabled={!hears || gate.shown === null} onClick={() => { answer("allow", true); }}>
            Allow for this run
          </button>
        )}
      </p>
    </section>
  );
}
