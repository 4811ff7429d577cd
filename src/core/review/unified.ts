// A diff set as a git-style patch in text. It passes agent text through as it is: whoever shows it makes it visible.
import { NO_REASON, type DiffFile, type DiffHunk, type DiffSet } from "./diff-set.js";

/**
 * With `reasons`, comment lines stand above each hunk: for reading, as `git apply` knows no comments between hunks.
 * Without, text changes and modes are what `git apply` takes; a binary file is named, not carried.
 */
export function unified(diff: DiffSet, options: { readonly reasons: boolean } = { reasons: true }): string {
  return diff.files.map((file) => fileLines(file, options.reasons).map((line) => `${line}\n`).join("")).join("");
}

function fileLines(file: DiffFile, reasons: boolean): string[] {
  const [before, after] = [quotedPath(`a/${file.path}`), quotedPath(`b/${file.path}`)];
  const lines = [`diff --git ${before} ${after}`];
  if (file.status === "added") lines.push(`new file mode ${file.modes[1]}`);
  else if (file.status === "deleted") lines.push(`deleted file mode ${file.modes[0]}`);
  else if (file.modes[0] !== file.modes[1]) lines.push(`old mode ${file.modes[0]}`, `new mode ${file.modes[1]}`);
  const [from, to] = [file.status === "added" ? "/dev/null" : before, file.status === "deleted" ? "/dev/null" : after];
  if (file.hunks.length === 0) {
    if (reasons) lines.push(...reasonLines(file));
    if (file.binary) lines.push(`Binary files ${from} and ${to} differ`);
    return lines;
  }
  lines.push(`--- ${from}`, `+++ ${to}`);
  for (const hunk of file.hunks) {
    if (reasons) lines.push(...reasonLines(hunk));
    lines.push(`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`);
    // One by one: a hunk may have more lines than a call may have arguments.
    for (const line of hunk.lines) lines.push(line);
  }
  return lines;
}

function reasonLines(changed: DiffFile | DiffHunk): string[] {
  const reasons = changed.reasons.map((reason) => `${reason.decision} ${reason.title}: ${reason.why}`);
  const all = changed.unexplained ? [...reasons, NO_REASON] : reasons;
  // A reason of several lines stays a comment on every one of them, or it could pose as a line of the patch.
  return all.map((reason) => `# ${reason.split(/\r\n|[\r\n]/u).join("\n#   ")}`);
}

function range(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${String(start)},${String(lines)}`;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\t", "\\t"],
  ["\r", "\\r"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

/** As git writes a path: in quotes with C escapes when it holds a control character, a quote or a backslash. */
function quotedPath(path: string): string {
  const escaped = Array.from(path, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return NAMED.get(character) ?? (code < 32 || code === 127 ? `\\${code.toString(8).padStart(3, "0")}` : character);
  }).join("");
  return escaped === path ? path : `"${escaped}"`;
}
