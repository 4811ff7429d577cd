// Level 4: single steps, of which only those in sight are in the page; a group may hold ten thousand.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { amount } from "../amount.js";
import type { Model } from "../model.js";
import { Icon } from "./icon.js";

/** In pixels, the same for every row: where a row stands must be known without drawing those above it. */
const ROW = 24;
/** Rows drawn above and below those in sight, so that a quick scroll shows no blank. */
const SPARE = 12;

export function Steps({ model }: { readonly model: Model }) {
  const { group, step } = model.place.value;
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(480);
  const first = group?.[0] ?? 0;
  const count = group === null ? 0 : group[1] - group[0] + 1;
  const from = Math.max(0, Math.floor(top / ROW) - SPARE);
  const to = Math.min(count, Math.ceil((top + height) / ROW) + SPARE);

  useLayoutEffect(() => {
    setHeight(frame.current?.clientHeight ?? 480);
  }, []);
  useLayoutEffect(() => {
    const box = frame.current;
    if (box === null || step === null) return;
    const at = (step - first) * ROW;
    if (at < box.scrollTop) box.scrollTop = at;
    else if (at + ROW > box.scrollTop + box.clientHeight) box.scrollTop = at + ROW - box.clientHeight;
  }, [step, first]);
  useLayoutEffect(() => {
    const missing = Array.from({ length: to - from }, (_, n) => first + from + n).filter((n) => !model.steps.value.has(n));
    const [low, high] = [missing[0], missing.at(-1)];
    if (low !== undefined && high !== undefined) model.bridge.post({ kind: "steps", from: low, to: high });
  }, [from, to, first]);

  return (
    <div ref={frame} class="steps" role="list" aria-label={`${count.toLocaleString("en-US")} steps`} onScroll={(event) => { setTop(event.currentTarget.scrollTop); }}>
      <div style={{ height: `${String(count * ROW)}px`, position: "relative" }}>
        {Array.from({ length: Math.max(0, to - from) }, (_, n) => (
          <Row key={first + from + n} model={model} step={first + from + n} at={(from + n) * ROW} isCurrent={first + from + n === step} />
        ))}
      </div>
    </div>
  );
}

function Row({ model, step, at, isCurrent }: { readonly model: Model; readonly step: number; readonly at: number; readonly isCurrent: boolean }) {
  const row = model.steps.value.get(step);
  const bad = row?.outcome !== undefined && row.outcome !== null && row.outcome !== "ok";
  return (
    <div class={isCurrent ? "step current" : "step"} role="listitem" style={{ top: `${String(at)}px` }} aria-current={isCurrent ? "true" : undefined} onClick={() => { model.go({ step }); }}>
      <span class="n">{step.toLocaleString("en-US")}</span>
      {bad && <Icon name="warning" />}
      <span class="title code">{row === undefined ? "…" : `${row.tool} ${row.about}`}</span>
      {bad && <span class="bad">{row.outcome}</span>}
      {row !== undefined && row.changed.length > 0 && <span class="because">{row.changed.join(", ")}</span>}
      <span class="size">{row?.ms === undefined || row.ms === null ? "" : amount(row.ms)}</span>
    </div>
  );
}
