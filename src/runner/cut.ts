// Long words of a model cut for a log line. Nothing is lost by it: the reply that holds them whole is kept as it came.

/** The text, or its beginning and how much is missing. Never half a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most);
  return `${kept}… (${String(text.length - kept.length)} more characters)`;
}

/** The first entries, each cut, and one that says how many more there were. */
export function cutList(texts: readonly string[], entries: number, each: number): string[] {
  const kept = texts.slice(0, entries).map((text) => cut(text, each));
  return texts.length <= entries ? kept : [...kept, `… (${String(texts.length - entries)} more)`];
}
