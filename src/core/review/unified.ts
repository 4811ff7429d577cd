// A diff set in the form of a git patch, with the reasons in it. It passes agent text through as it is: whoever shows it makes it visible.
import { NO_REASON, type DiffFile, type DiffHunk, type DiffSet } from "./diff-set.js";

/** For reading: comment lines stand above each hunk, which `git apply` does not know, and a binary file is only named. */
export function unified(diff: DiffSet): string {
  return diff.files.map((file) => fileLines(file).map((line) => `${line}\n`).join("")).join("");
}

function fileLines(file: DiffFile): string[] {
  const [before, after] = [quotedPath(`a/${file.path}`), quotedPath(`b/${file.path}`)];
  const lines = [`diff --git ${before} ${after}`];
  if (file.status === "added") lines.push(`new file mode ${file.modes[1]}`);
  else if (file.status === "deleted") lines.push(`deleted file mode ${file.modes[0]}`);
  else if (file.modes[0] !== file.modes[1]) lines.push(`old mode ${file.modes[0]}`, `new mode ${file.modes[1]}`);
  const [from, to] = [file.status === "added" ? "/dev/null" : before, file.status === "deleted" ? "/dev/null" : after];
  if (file.hunks.length === 0) {
    lines.push(...reasonLines(file));
    if (file.binary) lines.push(`Binary files ${from} and ${to} differ`);
    return lines;
  }
  lines.push(`--- ${from}`, `+++ ${to}`);
  for (const hunk of file.hunks) {
    lines.push(...reasonLines(hunk));
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
