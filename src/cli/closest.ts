// What somebody probably meant, among words of any length: the closest one, of the closest length, if it is close enough.
import { nearest } from "../core/text/nearest.js";

/** Undefined when more than half of the letters would have to change. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const byLength = [...known].sort((a, b) => Math.abs(a.length - word.length) - Math.abs(b.length - word.length));
  return nearest(word, byLength, Math.min(3, Math.floor(word.length / 2)));
}
