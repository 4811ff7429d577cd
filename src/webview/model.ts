// What the page knows at this moment, as signals: the run as last told, and where the reader is in it. Views read them;
// only `acts.ts` and what the host says change them.
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { FromPanel } from "../core/panel/messages.js";
import type { Panel, PanelDecision } from "../core/panel/panel.js";
import type { StepGroup, StepRow } from "../core/panel/step-groups.js";
import type { Bridge } from "./bridge.js";
import { START, rows, sections, settledIn, type Place } from "./place.js";

/** A line that the reader writes before a verdict is given. */
export interface Composing {
  readonly verdict: "reject" | "change";
  readonly decision: string;
}

export type GivenVerdict = Extract<FromPanel, { kind: "verdict" }>["verdict"];

export interface Model {
  /** The run as last told, with the verdicts that were given since and are not written down yet. */
  readonly panel: ReadonlySignal<Panel | undefined>;
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
  /** The panel goes to another run, which is still being read: nothing of this one may be looked at or acted on. */
  leave(): void;
  /** Shown at once, because the runner needs a moment to write it down. */
  suppose(decision: string, verdict: GivenVerdict): void;
  /** What was supposed did not come to be. */
  unsay(): void;
  go(to: Partial<Place>): void;
}

export function model(bridge: Bridge): Model {
  const kept = bridge.kept();
  const raw = signal<Panel | undefined>(undefined);
  const supposed = signal<ReadonlyMap<string, GivenVerdict>>(new Map());
  const panel = computed(() => (raw.value === undefined ? undefined : withVerdicts(raw.value, supposed.value)));
  const place = signal<Place>({ ...START, ...kept?.place });
  const unseen = signal(0);
  const shown = computed(() => (panel.value === undefined ? [] : sections(panel.value, place.value)));
  const groups = signal<ReadonlyMap<string, readonly StepGroup[]>>(new Map());
  const steps = signal<ReadonlyMap<number, StepRow>>(new Map());
  const said = signal({ text: "", bad: false });
  const composing = signal<Composing | undefined>(undefined);
  /** Decisions and steps of every run have the same names. */
  const forget = (): void => {
    const { order, orderChosen } = place.value;
    place.value = { ...START, order, orderChosen };
    supposed.value = new Map();
    groups.value = new Map();
    steps.value = new Map();
    composing.value = undefined;
    said.value = { text: "", bad: false };
    unseen.value = 0;
  };
  const current = computed(() => panel.value?.decisions.find((decision) => decision.id === place.value.decision));
  return {
    panel,
    place,
    composing,
    helping: signal(false),
    filtering: signal(false),
    said,
    unseen,
    groups,
    steps,
    shown,
    current,
    bridge,
    told(next) {
      const before = raw.value?.run === next.run ? raw.value : undefined;
      if (before !== undefined) unseen.value += Math.max(0, next.decisions.length - before.decisions.length);
      else if (raw.value !== undefined) forget();
      else said.value = { text: "", bad: false };
      place.value = settledIn(next, place.value);
      raw.value = next;
      supposed.value = new Map([...supposed.value].filter(([id, verdict]) => next.decisions.some((decision) => decision.id === id && decision.verdict !== verdict)));
      // From the first moment on: whoever only looks must find the run again after a reload too.
      bridge.keep({ run: next.run, place: place.value });
      if (before === undefined) bridge.post({ kind: "selected", decision: place.value.decision, path: place.value.file });
    },
    leave() {
      forget();
      raw.value = undefined;
    },
    suppose(decision, verdict) {
      supposed.value = new Map([...supposed.value, [decision, verdict]]);
    },
    unsay() {
      supposed.value = new Map();
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

function withVerdicts(panel: Panel, supposed: ReadonlyMap<string, GivenVerdict>): Panel {
  if (supposed.size === 0) return panel;
  const isOpen = (verdict: PanelDecision["verdict"]): boolean => verdict === null || verdict === "later" || verdict === "mixed";
  let { undecided } = panel.counts;
  const decisions = panel.decisions.map((decision) => {
    const verdict = supposed.get(decision.id);
    if (verdict === undefined) return decision;
    undecided += Number(isOpen(verdict)) - Number(isOpen(decision.verdict));
    return { ...decision, verdict, files: decision.files.map((file) => ({ ...file, verdict })) };
  });
  const whole = (kind: GivenVerdict): number => decisions.filter((decision) => decision.verdict === kind).length;
  return { ...panel, decisions, counts: { ...panel.counts, undecided, accepted: whole("accept"), rejected: whole("reject") } };
}

export function rowsOf(model: Model): readonly PanelDecision[] {
  return model.panel.value === undefined ? [] : rows(model.panel.value, model.place.value);
}
