// The few signs of the page, drawn here: a font for twenty of them would weigh more than everything else together. Each
// stands beside a word, so none is read aloud.
import type { PanelVerdict } from "../../core/panel/panel.js";

const PATHS = {
  open: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm0 1.2a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6Z",
  accept: "m6.4 11.9-3.6-3.6 1-1 2.6 2.6 5.8-5.8 1 1-6.8 6.8Z",
  reject: "m8 7 3.3-3.3 1 1L9 8l3.3 3.3-1 1L8 9l-3.3 3.3-1-1L7 8 3.7 4.7l1-1L8 7Z",
  change: "M3 3h10v8H7.6L4.5 13.6V11H3V3Zm1.3 1.3v5.4h1.5v1.2l1.4-1.2h4.5V4.3H4.3Z",
  later: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Zm0 1.3a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4Zm.6 1.7v2.7l1.8 1.1-.6 1-2.4-1.5V5.5h1.2Z",
  mixed: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm0 1.2v6.6a3.3 3.3 0 0 1 0-6.6Z",
  dispute: "M7.3 3h1.4v6H7.3V3Zm0 7.6h1.4V12H7.3v-1.4Z",
  down: "m4 6 4 4 4-4 .9.9L8 11.8 3.1 6.9 4 6Z",
  right: "m6 4 4 4-4 4-.9-.9L8.2 8 5.1 4.9 6 4Z",
  bell: "M8 2a4 4 0 0 1 4 4v3l1.2 2H2.8L4 9V6a4 4 0 0 1 4-4Zm-1.5 10h3a1.5 1.5 0 0 1-3 0Z",
  working: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm0 1.2a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6ZM8 6.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4Z",
  warning: "M8 2.2 14.3 13H1.7L8 2.2Zm-.6 4.3v3h1.2v-3H7.4Zm0 3.9v1.2h1.2v-1.2H7.4Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function verdictIcon(verdict: PanelVerdict | null): IconName {
  if (verdict === null) return "open";
  return verdict === "acknowledge" ? "accept" : verdict;
}

export const VERDICT_WORD: Readonly<Record<PanelVerdict, string>> = {
  accept: "accepted",
  reject: "rejected",
  change: "to change",
  later: "put off",
  acknowledge: "acknowledged",
  dispute: "disputed",
  mixed: "mixed",
};
