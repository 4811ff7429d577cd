// Colours over the plain lines of a timeline. A line's own mark at its beginning decides, where no quoted word can stand:
// whatever the agent said is set in deeper.
import type { Ink } from "./ink.js";

export function inTimeline(text: string, ink: Ink): string {
  return text.split("\n").map((line, at) => (at === 0 ? ink.bold(line) : lineIn(line, ink))).join("\n");
}

function lineIn(line: string, ink: Ink): string {
  const decision = /^(d\d+)( .*?)((?: \[[^\]]*\])?)$/u.exec(line);
  if (decision !== null) return `${ink.cyan(ink.bold(decision[1] ?? ""))}${ink.bold(decision[2] ?? "")}${ink.yellow(decision[3] ?? "")}`;
  if (/^(?: {4})?! /u.test(line)) return line.replace("!", (mark) => ink.red(mark)).replace(/\bred\b/u, (word) => ink.red(word));
  if (/^(?: {4})?✓ /u.test(line)) return line.replace("✓", (mark) => ink.green(mark));
  if (/^ {4}verdict: accepted/u.test(line)) return ink.green(line);
  if (/^ {4}verdict: (?:rejected|disputed)/u.test(line)) return ink.red(line);
  if (/^ {4}verdict: /u.test(line)) return ink.yellow(line);
  if (/^ {4}(?:checks|claim, proven): /u.test(line)) return line.replace(/^ {4}(?:checks|claim, proven)/u, (label) => ink.green(label)).replace(/\b(?:red|could not run)\b/u, (word) => ink.red(word));
  if (/^ {4}claim, /u.test(line)) return ink.red(line);
  if (/^ {2}\S/u.test(line)) return ink.dim(line);
  return line.replace(/^ {4}(?:[a-z ,]+): "/u, (label) => ink.dim(label));
}
