// What a person's plan says must not be touched, as rules where a path can be made of it. Words that name none stay what
// they are: told to the agent, and said to the person not to be enforced. A rule only ever narrows.
import { sectionOf } from "./plan-file.js";

export interface Boundaries {
  /** Patterns of paths that are written only after an approval of exactly that. */
  readonly enforced: readonly string[];
  /** Sentences of the plan that no path could be made of. */
  readonly advice: readonly string[];
}

/** A path or a pattern, without a space. */
const PATH = /^[^\s`]+$/u;
const LOOKS_LIKE_PATH = /[/*]|^\.?[\w-]+\.[\w.-]+$/u;

/** `folders`: of the repository at the run's base, from its root. */
export function boundariesOf(plan: string, folders: readonly string[]): Boundaries {
  const enforced = new Set<string>();
  const advice: string[] = [];
  for (const item of itemsOf(plan)) {
    const globs = globsOf(item, folders);
    for (const glob of globs) enforced.add(glob);
    if (globs.length === 0) advice.push(item);
  }
  return { enforced: [...enforced], advice };
}

function itemsOf(plan: string): readonly string[] {
  return sectionOf(plan, "Do not touch")
    .split("\n")
    .map((line) => line.trim().replace(/^(?:[-*+]|\d+[.)])\s+/u, "").trim())
    .filter((line) => line !== "");
}

function globsOf(item: string, folders: readonly string[]): readonly string[] {
  const quoted = [...item.matchAll(/`([^`]+)`/gu)].map(([, text = ""]) => text.trim()).filter((text) => PATH.test(text));
  if (quoted.length > 0) return quoted.flatMap(globsAt);
  if (PATH.test(item) && LOOKS_LIKE_PATH.test(item)) return globsAt(item);
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
