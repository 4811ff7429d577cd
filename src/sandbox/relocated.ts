// Names the same tree by another path, where the tree inside stands elsewhere than its walls say. Whatever else stands in
// a text is left alone.

/** `from` and what lies below it, named as if it stood at `to`. A longer name beside it (`/a/tree2`) is another folder. */
export function relocated(text: string, from: string, to: string): string {
  if (from === to) return text;
  const escaped = from.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // A point ends a sentence, or begins an ending: `/a/tree.old` is another folder too.
  return text.replaceAll(new RegExp(`${escaped}(?![\\w-]|\\.\\w)`, "g"), () => to);
}

/** The same for output that need not be text. */
export function relocatedBytes(bytes: Uint8Array, from: string, to: string): Uint8Array {
  if (from === to) return bytes;
  const latin = (text: string): string => Buffer.from(text).toString("latin1");
  return new Uint8Array(Buffer.from(relocated(Buffer.from(bytes).toString("latin1"), latin(from), latin(to)), "latin1"));
}
