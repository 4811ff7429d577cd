// How much of each limit is used: a bar for the eye, the amounts for everybody, and the way to raise one. A run without
// limits shows nothing here.
import type { Panel } from "../../core/panel/panel.js";
import type { PanelLimit } from "../../core/panel/chapters.js";
import type { Model } from "../model.js";
import { Icon } from "./icon.js";

const WORDS: Readonly<Record<PanelLimit["level"], string>> = { fine: "", near: "near", reached: "reached" };

export function Limits({ model, panel }: { readonly model: Model; readonly panel: Panel }) {
  if (panel.limits.length === 0) return null;
  return (
    <ul class="limits" aria-label="Limits">
      {panel.limits.map((limit) => (
        <li key={limit.limit} class={`limit limit-${limit.level}`}>
          <span class="label">{limit.label}</span>
          {/* Its figures stand beside it, so nothing is read aloud twice. */}
          <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="used" width={Math.min(100, limit.share * 100)} height="4" />
          </svg>
          <span class="amount">{limit.text}</span>
          {limit.level !== "fine" && (
            <strong class="level">
              <Icon name="warning" /> {WORDS[limit.level]}
            </strong>
          )}
          {panel.can.raise && (
            <button class="quiet" aria-label={`Raise the limit: ${limit.label}`} onClick={() => { model.bridge.post({ kind: "raise", limit: limit.limit }); }}>
              Raise…
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
