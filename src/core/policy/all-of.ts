// Lists of patterns that several levels must each allow. The result is a list again: entries whose parts are joined by
// ` ∩ ` match only what every part matches. Merging can only narrow, and gives the same list in any order.

/** Joins patterns that must all match. Settings cannot contain it, so an entry is never split by accident. */
export const BOTH = " ∩ ";

/** True when one entry of the list has all its parts matching. */
export function allowedBy(list: readonly string[], matches: (pattern: string) => boolean): boolean {
  return list.some((entry) => entry.split(BOTH).every(matches));
}

/** The patterns that both lists allow. `held` itself, unchanged, where the other list takes nothing away from it. */
export function bothAllow(held: readonly string[], asked: readonly string[]): readonly string[] {
  const product = held.flatMap((left) => asked.map((right) => canonicalEntry([...left.split(BOTH), ...right.split(BOTH)])));
  const merged = withoutAbsorbed(product);
  const unchanged = withoutAbsorbed(held.map((entry) => canonicalEntry(entry.split(BOTH))));
  return merged.join("\n") === unchanged.join("\n") ? held : merged;
}

/** Parts sorted, and without those that a narrower part implies. */
function canonicalEntry(parts: readonly string[]): string {
  const unique = [...new Set(parts)];
  return unique.filter((wide) => !unique.some((narrow) => narrow !== wide && covers(wide, narrow))).sort().join(BOTH);
}

/** Entries sorted, and without those that a wider entry includes. */
function withoutAbsorbed(entries: readonly string[]): readonly string[] {
  const unique = [...new Set(entries)];
  return unique.filter((entry) => !unique.some((other) => other !== entry && includes(other, entry))).sort();
}

function includes(wide: string, narrow: string): boolean {
  const parts = narrow.split(BOTH);
  return wide.split(BOTH).every((part) => parts.some((candidate) => covers(part, candidate)));
}

/** Known to match everything that the other matches. Only the plain cases: a wrong no is harmless, a wrong yes is not. */
function covers(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === "**") return true;
  if (!wide.endsWith("/**")) return false;
  const folder = wide.slice(0, -2);
  return !/[*?[\]{}()!+@|\\]/u.test(folder) && narrow.startsWith(folder);
}
