// A text as one line of a list: the same sink as everywhere, then cut. It never hides that something was cut.
import { visible } from "./visible.js";

/**
 * The text on one line of at most `max` UTF-16 units. Line ends become ` ⏎ `; what is cut off is counted, so that a
 * harmless beginning cannot stand for the whole.
 */
export function oneLine(text: string, max: number): string {
  const flat = visible(text.trim().replace(/[ \t]*\r?\n\s*/gu, " ⏎ ").replace(/\t/gu, " "));
  if (flat.length <= max) return flat;
  const room = max - mark(flat.length).length;
  if (room < 1) return "…".slice(0, Math.max(0, max));
  const kept = wholeCharacters(flat, room);
  return kept + mark(flat.length - kept.length);
}

function mark(cut: number): string {
  return ` … (+${cut})`;
}

function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
