// What the page knows at this moment, as signals: the run as last told, and where the reader is in it. Views read them;
// only `acts.ts` and what the host says change them.
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Panel, PanelDecision } from "../core/panel/panel.js";
import type { StepGroup, StepRow } from "../core/panel/step-groups.js";
import type { Bridge } from "./bridge.js";
import { START, rows, sections, settledIn, type Place } from "./place.js";

/** A line that the reader writes before a verdict is given. */
export interface Composing {
  readonly verdict: "reject" | "change";
  readonly decision: string;
}

export interface Model {
  readonly panel: Signal<Panel | undefined>;
  readonly place: Signal<Place>;
  readonly composing: Signal<Composing | undefined>;
  readonly helping: Signal<boolean>;
  readonly filtering: Signal<boolean>;
  readonly said: Signal<{ readonly text: string; readonly bad: boolean }>;
  /** Decisions that came while the reader was somewhere else. */
  readonly unseen: Signal<number>;
  /** Groups of steps by decision; by `""` for the whole run. */
  readonly groups: Signal<ReadonlyMap<string, readonly StepGroup[]>>;
  readonly steps: Signal<ReadonlyMap<number, StepRow>>;
  readonly shown: ReadonlySignal<ReturnType<typeof sections>>;
  readonly current: ReadonlySignal<PanelDecision | undefined>;
  readonly bridge: Bridge;
  told(panel: Panel): void;
  go(to: Partial<Place>): void;
}

export function model(bridge: Bridge): Model {
  const kept = bridge.kept();
  const panel = signal<Panel | undefined>(undefined);
  const place = signal<Place>({ ...START, ...kept?.place });
  const unseen = signal(0);
  const shown = computed(() => (panel.value === undefined ? [] : sections(panel.value, place.value)));
  const current = computed(() => panel.value?.decisions.find((decision) => decision.id === place.value.decision));
  return {
    panel,
    place,
    composing: signal<Composing | undefined>(undefined),
    helping: signal(false),
    filtering: signal(false),
    said: signal({ text: "", bad: false }),
    unseen,
    groups: signal<ReadonlyMap<string, readonly StepGroup[]>>(new Map()),
    steps: signal<ReadonlyMap<number, StepRow>>(new Map()),
    shown,
    current,
    bridge,
    told(next) {
      const before = panel.value;
      if (before !== undefined && before.run === next.run) unseen.value += Math.max(0, next.decisions.length - before.decisions.length);
      place.value = settledIn(next, place.value);
      panel.value = next;
      if (before === undefined) bridge.post({ kind: "selected", decision: place.value.decision, path: place.value.file });
    },
    go(to) {
      const before = place.value;
      const next = { ...before, ...to };
      place.value = next;
      unseen.value = 0;
      if (panel.value !== undefined) bridge.keep({ run: panel.value.run, place: next });
      if (next.decision !== before.decision || next.file !== before.file) bridge.post({ kind: "selected", decision: next.decision, path: next.file });
    },
  };
}

export function rowsOf(model: Model): readonly PanelDecision[] {
  return model.panel.value === undefined ? [] : rows(model.panel.value, model.place.value);
}
