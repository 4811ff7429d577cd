// The reason on every hunk of the selected decision, as comment threads in the editor's own diff. Only one decision's
// threads exist at a time: a reviewer reads one, and the Comments panel must not fill up with hundreds.
import * as vscode from "vscode";
import { effectiveVerdict } from "../../core/review/verdict.js";
import { VERDICT_TEXT } from "../../core/review/verdict-text.js";
import type { Decision } from "../../core/run/run.js";
import { visible } from "../../core/text/visible.js";
import type { NumberedHunk } from "../../core/review/hunks.js";
import { addressed, AFTER, BEFORE, type Address, type DecisionDocuments } from "./decision-documents.js";

/** What a thread's buttons act on. */
export interface HunkOf {
  readonly address: Address;
  readonly target: string;
}

export class HunkThreads implements vscode.Disposable {
  readonly #controller = vscode.comments.createCommentController("vigil", "Vigil");
  readonly #threads = new Map<vscode.CommentThread, HunkOf>();
  #shown = "";
  #of: Address | undefined;
  /** The decision, in the state in which they were made: what it says and where its hunks lie changes with that. */
  #made = "";

  constructor(readonly documents: DecisionDocuments) {
    this.#controller.options = { prompt: vscode.l10n.t("What should change?"), placeHolder: vscode.l10n.t("The agent gets this as an instruction") };
  }

  /** The decision whose hunks they are on. */
  get of(): Address | undefined {
    return this.#of;
  }

  /** Replaces the threads of whatever decision was shown. */
  async show(address: Address, decision: Decision): Promise<void> {
    const key = JSON.stringify([address, decision.verdicts, decision.state]);
    if (key === this.#shown) return;
    this.#shown = key;
    const files = await this.documents.files(address);
    if (key !== this.#shown) return;
    // Threads that stay keep what somebody is just writing into them.
    const made = JSON.stringify([address, decision.state]);
    if (made !== this.#made) this.#empty();
    this.#of = address;
    this.#made = made;
    const before = new Map([...this.#threads].map(([thread, { target }]) => [target, thread]));
    const verdicts = new Map(effectiveVerdict(decision).files.map((file) => [file.path, file]));
    for (const file of files) {
      const given = verdicts.get(file.path);
      for (const hunk of file.hunks) {
        const verdict = given?.hunks.find((one) => one.hunk === hunk.n)?.verdict ?? given?.verdict;
        const target = `${decision.id}:${file.path}#${String(hunk.n)}`;
        const thread = before.get(target) ?? this.#add(address, decision, file.path, hunk, target);
        head(thread, decision, hunk.n, file.hunks.length, verdict === undefined ? undefined : VERDICT_TEXT[verdict.verdict]);
      }
    }
  }

  hunkOf(thread: vscode.CommentThread): HunkOf | undefined {
    return this.#threads.get(thread);
  }

  /** The hunk of the shown decision that a line of a document is in, or the one after it. */
  at(uri: vscode.Uri, line: number): HunkOf | undefined {
    const here = [...this.#threads].filter(([thread]) => thread.uri.toString() === uri.toString());
    return (here.find(([thread]) => (thread.range?.end.line ?? 0) >= line) ?? here.at(-1))?.[1];
  }

  clear(): void {
    this.#shown = "";
    this.#of = undefined;
    this.#empty();
  }

  dispose(): void {
    this.#empty();
    this.#controller.dispose();
  }

  #empty(): void {
    for (const thread of this.#threads.keys()) thread.dispose();
    this.#threads.clear();
  }

  #add(address: Address, decision: Decision, path: string, hunk: NumberedHunk, target: string): vscode.CommentThread {
    // What a hunk takes away without putting anything in its place has its lines on the left side only.
    const isGone = hunk.newLines === 0;
    const [start, lines] = isGone ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines];
    const range = new vscode.Range(Math.max(0, start - 1), 0, Math.max(0, start + lines - 2), 0);
    const thread = this.#controller.createCommentThread(addressed(isGone ? BEFORE : AFTER, address, path), range, [
      { author: { name: vscode.l10n.t("The agent, decision {0}", decision.n) }, body: reason(decision, path), mode: vscode.CommentMode.Preview },
    ]);
    thread.collapsibleState = hunk.n === 1 ? vscode.CommentThreadCollapsibleState.Expanded : vscode.CommentThreadCollapsibleState.Collapsed;
    this.#threads.set(thread, { address, target });
    return thread;
  }
}

/** What stands above the reason: whose it is, how it is decided, which of several. */
function head(thread: vscode.CommentThread, decision: Decision, n: number, of: number, verdict: string | undefined): void {
  thread.label = `${vscode.l10n.t("Decision {0}", decision.n)} · ${verdict ?? vscode.l10n.t("undecided")}${of > 1 ? ` · ${vscode.l10n.t("hunk {0} of {1}", n, of)}` : ""}`;
  thread.contextValue = `${verdict === undefined ? "undecided" : "decided"}.${decision.state}`;
  thread.canReply = decision.state === "kept" || decision.state === "proposed";
}

// Words of a model: shown as text, never as Markdown, whatever they contain.
function reason(decision: Decision, path: string): vscode.MarkdownString {
  const noted = decision.notes.filter((note) => note.path === path).map((note) => note.why);
  const why = noted.length > 0 ? noted.join(" ") : (decision.whyRevised ?? decision.reason.why);
  const text = new vscode.MarkdownString();
  text.isTrusted = false;
  text.supportHtml = false;
  text.appendText(visible(why, { lines: true }));
  for (const other of decision.reason.insteadOf) text.appendText(`\n${vscode.l10n.t("Instead of")}: ${visible(other.option)}: ${visible(other.whyNot)}`);
  return text;
}
