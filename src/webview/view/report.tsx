// Level 0: the morning report. The same sections as the command line's, with the agent's words quoted as the agent's.
import type { Line, Span } from "../../core/review/report-line.js";
import type { Panel } from "../../core/panel/panel.js";
import { act } from "../acts.js";
import type { Model } from "../model.js";

export function Report({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  return (
    <div class="report">
      {panel.report.map((section) => (
        <section key={section.heading} aria-label={section.heading}>
          <h2>{section.heading}</h2>
          <Lines lines={section.lines} />
        </section>
      ))}
      <p class="actions">
        <button class="primary" onClick={() => { act(model, "in"); }}>
          Review
        </button>
      </p>
    </div>
  );
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <ul>
      {lines.map((line, n) => (
        <li key={n}>
          {line.spans.map((span, at) => (
            <Words key={at} span={span} />
          ))}
          {line.below !== undefined && line.below.length > 0 && <Lines lines={line.below} />}
        </li>
      ))}
    </ul>
  );
}

function Words({ span }: { readonly span: Span }) {
  if (typeof span === "string") return <>{span}</>;
  return "quote" in span ? <q>{span.quote}</q> : <code>{span.code}</code>;
}
