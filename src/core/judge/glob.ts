// Globs over repository paths, in the two senses that policy needs: a list that protects matches generously, a list that
// opens matches exactly. Neither ever throws on a path.
import picomatch from "picomatch/posix.js";
import { allowedBy, BOTH } from "../policy/all-of.js";
import { fold, foldPath } from "../text/fold.js";
import { wildcard } from "../text/wildcard.js";

export type PathTest = (path: string) => boolean;

const OPTIONS = { dot: true, nonegate: true } as const;
const MAGIC = /[*?[\]{}()!+@|\\]/u;

/**
 * For lists that protect, hide or bar. A glob matches a path, everything below a folder it matches, and, where it has no
 * slash, that name in any folder. Case, Unicode form, ignorable characters and Windows' spellings make no difference.
 */
export function globMatcher(globs: readonly string[]): PathTest {
  const tests = globs.map(protecting);
  return (path) => spellings(path).some((spelling) => tests.some((test) => test(spelling)));
}

/** The first of the globs that matches in the sense of `globMatcher`. */
export function firstMatch(globs: readonly string[], path: string): string | undefined {
  const spelled = spellings(path);
  return globs.find((glob) => spelled.some(protecting(glob)));
}

/**
 * For lists that open. A glob matches from the top of the repository, with case; one without wildcards names a file or a
 * folder with all below it. Entries may be joined by "and", as merging leaves them.
 */
export function openingMatcher(globs: readonly string[]): PathTest {
  const tests = new Map(globs.flatMap((entry) => entry.split(BOTH)).map((glob) => [glob, exactly(glob)]));
  return (path) => allowedBy(globs, (glob) => tests.get(glob)?.(path) === true);
}

/** One glob in the sense of `openingMatcher`. */
export function exactly(glob: string): PathTest {
  const bare = glob.replace(/^\.\//u, "").replace(/\/+$/u, "");
  if (!MAGIC.test(bare)) return (path) => isAtOrBelow(path, bare);
  return picomatch(glob.endsWith("/") ? `${bare}/**` : bare, OPTIONS);
}

/** A test for folded paths. Most globs need no pattern at all, and judging thousands of changes needs that speed. */
function protecting(glob: string): PathTest {
  const bare = fold(glob.replace(/^\.\//u, "").replace(/(?:\/\*\*)?\/*$/u, ""));
  if (bare === "" || bare === "**") return () => true;
  if (!bare.includes("/") && !/[[\]{}()!+@|\\]/u.test(bare)) return (path) => path.split("/").some((part) => wildcard(bare, part));
  if (!MAGIC.test(bare)) return (path) => isAtOrBelow(path, bare);
  const anywhere = /^\*\*\/(.+)$/su.exec(bare)?.[1];
  if (anywhere !== undefined && !MAGIC.test(anywhere)) return (path) => isAtOrBelow(path, anywhere) || `/${path}/`.includes(`/${anywhere}/`);
  const match = picomatch(bare.includes("/") ? bare : `**/${bare}`, OPTIONS);
  return (path) => ancestors(path).some((part) => match(part));
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** As it is, and as Windows would open it; most paths have one spelling. */
function spellings(path: string): readonly string[] {
  return [...new Set([fold(path), foldPath(path)])];
}

/** The path itself and every folder it lies in. */
function ancestors(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, n) => parts.slice(0, n + 1).join("/"));
}
