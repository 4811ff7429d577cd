// A diff set to read in a terminal: above each hunk the decisions that own it, in the agent's quoted words; then the
// lines. Whoever wants a patch asks for one (--patch): this text is for eyes, and is safe for them.
import { NO_REASON, type DiffFile, type DiffHunk, type DiffSet, type Reason } from "../core/review/diff-set.js";
import { wrap } from "../core/run/wrap.js";
import { visible } from "../core/text/visible.js";
import type { Ink } from "./ink.js";

export interface DiffLook {
  readonly ink: Ink;
  /** In columns. Reasons are wrapped; lines of code are not. */
  readonly width: number;
  /** Who is quoted. */
  readonly speaker: string;
}

/** Ends without a newline; empty where nothing changed. */
export function diffText(set: DiffSet, look: DiffLook): string {
  return set.files.map((file) => fileText(file, look)).join("\n\n");
}

const STATUS: Readonly<Record<DiffFile["status"], string>> = { added: "new file", modified: "changed", deleted: "deleted", mode: "mode changed" };

function fileText(file: DiffFile, look: DiffLook): string {
  const { ink } = look;
  const mode = file.status !== "added" && file.status !== "deleted" && file.modes[0] !== file.modes[1] ? `, mode ${file.modes[0]} is now ${file.modes[1]}` : "";
  const size = file.binary ? "binary" : `+${String(file.added)} −${String(file.removed)}`;
  const lines = [`${ink.bold(visible(file.path))}  ${ink.dim(`${STATUS[file.status]}, ${size}${mode}`)}`];
  if (file.hunks.length === 0) return [...lines, ...reasonLines(file, look)].join("\n");
  for (const hunk of file.hunks) {
    lines.push(...reasonLines(hunk, look), ink.cyan(`@@ -${String(hunk.oldStart)},${String(hunk.oldLines)} +${String(hunk.newStart)},${String(hunk.newLines)} @@${hunk.proposed ? " proposed, not applied" : ""}`));
    // One by one: a hunk may have more lines than a call may have arguments.
    for (const line of hunk.lines) lines.push(codeLine(line, ink));
  }
  return lines.join("\n");
}

function reasonLines(changed: DiffFile | DiffHunk, look: DiffLook): string[] {
  const { ink, width } = look;
  const unexplained = changed.unexplained ? [ink.red(`# ${NO_REASON}`)] : [];
  return [
    ...changed.reasons.flatMap(({ decision, title, why }: Reason) => [
      ...behind("# ", wrap(`${decision} "${visible(title)}"`, width - 2)).map(ink.yellow),
      ...behind("#    ", wrap(`${look.speaker}: "${visible(why, { lines: true })}"`, width - 5)).map(ink.dim),
    ]),
    ...unexplained,
  ];
}

// Every line of a reason carries the mark, or a line break in it could pose as a line of the change.
function behind(mark: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${mark}${line}`.trimEnd());
}

function codeLine(line: string, ink: Ink): string {
  const shown = visible(line, { lines: true });
  if (line.startsWith("+")) return ink.green(shown);
  return line.startsWith("-") ? ink.red(shown) : shown;
}
