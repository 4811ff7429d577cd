// What a tool over a tree answers: text for the model, and the tree that a write made. A refusal is a value, never thrown.
import type { Sha } from "../../core/log/parts.js";

export interface Said {
  readonly ok: boolean;
  readonly text: string;
  /** The tree after a write. */
  readonly tree?: Sha;
}

export function said(text: string): Said {
  return { ok: true, text };
}

export function refused(text: string): Said {
  return { ok: false, text };
}
