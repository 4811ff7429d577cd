// A person's words about what must not be touched, as rules where a path can be made of them. Words that name none stay what
// they are: told to the agent, and said to the person not to be enforced. A rule only ever narrows.

export interface Boundaries {
  /** Patterns of paths that are written only after an approval of exactly that. */
  readonly enforced: readonly string[];
  /** Words that no path could be made of. */
  readonly advice: readonly string[];
}

/** A path or a pattern, without a space. */
const PATH = /^[^\s`]+$/u;
const LOOKS_LIKE_PATH = /[/*]|^\.?[\w-]+\.[\w.-]+$/u;

/** `items`: what must not be touched, each in words. `folders`: of the repository at the run's base, from its root. */
export function boundariesOf(items: readonly string[], folders: readonly string[]): Boundaries {
  const enforced = new Set<string>();
  const advice: string[] = [];
  for (const item of items) {
    const globs = globsOf(item, folders);
    for (const glob of globs) enforced.add(glob);
    if (globs.length === 0) advice.push(item);
  }
  return { enforced: [...enforced], advice };
}

/** Both together, each thing once. */
export function bothBoundaries(one: Boundaries | undefined, other: Boundaries): Boundaries {
  return { enforced: [...new Set([...(one?.enforced ?? []), ...other.enforced])], advice: [...new Set([...(one?.advice ?? []), ...other.advice])] };
}

const NOT = String.raw`(?:do not|don't|don’t|never|must not|may not|please not)`;
const TOUCHED = String.raw`(?:touch|change|edit|modify|alter|write to|write in|delete|remove|rename)`;
const SAYINGS = [
  new RegExp(String.raw`\b${NOT}\s+${TOUCHED}\s+(.+)`, "iu"),
  new RegExp(String.raw`\b(?:leave|keep)\s+(.+?)\s+(?:alone|untouched|unchanged|as (?:it|they) (?:is|are))\b`, "iu"),
  new RegExp(String.raw`\b(?:hands off|stay out of|keep out of|stay away from)\s+(.+)`, "iu"),
];

/** What running text says must not be touched: one item for each sentence that says so. */
export function boundariesIn(text: string): readonly string[] {
  // A full stop inside a path ends no sentence.
  const sentences = text.split(/(?<=[.!?;])\s+|\n+/u);
  return sentences.flatMap((sentence) => {
    const found = SAYINGS.map((saying) => saying.exec(sentence)?.[1]).find((words) => words !== undefined);
    return found === undefined ? [] : [found.replace(/[.!;,]+$/u, "").trim()];
  });
}

function globsOf(item: string, folders: readonly string[]): readonly string[] {
  const quoted = [...item.matchAll(/`([^`]+)`/gu)].map(([, text = ""]) => text.trim()).filter((text) => PATH.test(text));
  if (quoted.length > 0) return quoted.flatMap(globsAt);
  if (PATH.test(item) && LOOKS_LIKE_PATH.test(item)) return globsAt(item);
  const parts = item.split(/[\s,]+/u).map((part) => part.replace(/[.!;:]+$/u, "")).filter((part) => PATH.test(part) && /\/|\*/u.test(part));
  if (parts.length > 0) return parts.flatMap(globsAt);
  // "the migrations": folders of that very name, wherever they lie.
  const words = new Set(item.toLowerCase().split(/[^\p{L}\p{N}_.-]+/u).map((word) => word.replace(/[.]+$/u, "")).filter((word) => word !== ""));
  return folders.filter((folder) => words.has(folder.slice(folder.lastIndexOf("/") + 1).toLowerCase())).flatMap(globsAt);
}

/** A name stands for the file and for everything in the folder. */
function globsAt(path: string): readonly string[] {
  const clean = path.replace(/^\.\//u, "").replace(/^\/+/u, "").replace(/\/+$/u, "");
  if (clean === "" || clean === ".") return [];
  return /[*?[{]/u.test(clean) ? [clean] : [clean, `${clean}/**`];
}
