// What a review is made of: documents, threads, and the timeline that leads through them.
import * as vscode from "vscode";
import type { PanelParts } from "../timeline/timeline-panel.js";
import { Timelines } from "../timeline/timelines.js";
import { DecisionDocuments } from "./decision-documents.js";
import { HunkThreads } from "./hunk-threads.js";

export interface Review {
  readonly documents: DecisionDocuments;
  readonly threads: HunkThreads;
  readonly timelines: Timelines;
  dispose(): void;
}

export function makeReview(parts: Omit<PanelParts, "documents" | "threads">): Review {
  const documents = new DecisionDocuments(parts.repositories);
  const threads = new HunkThreads(documents);
  const timelines = new Timelines({ ...parts, documents, threads });
  return { documents, threads, timelines, dispose: () => { vscode.Disposable.from(timelines, threads, documents).dispose(); } };
}
