// Globs over repository paths, in the two senses that policy needs: a list that protects matches generously, a list that
// opens matches exactly. Neither ever throws on a path.
import picomatch from "picomatch/posix.js";
import { allowedBy } from "../policy/all-of.js";
import { fold, foldPath } from "../text/fold.js";

export type PathTest = (path: string) => boolean;

const OPTIONS = { dot: true, nonegate: true } as const;
const MAGIC = /[*?[\]{}()!+@|\\]/u;

/**
 * For lists that protect, hide or bar. A glob matches a path, everything below a folder it matches, and, where it has no
 * slash, that name in any folder. Case, Unicode form, ignorable characters and Windows' spellings make no difference.
 */
export function globMatcher(globs: readonly string[]): PathTest {
  const tests = globs.map(protecting);
  return (path) => tests.some((test) => test(path));
}

/** The first of the globs that matches in the sense of `globMatcher`. */
export function firstMatch(globs: readonly string[], path: string): string | undefined {
  return globs.find((glob) => protecting(glob)(path));
}

/**
 * For lists that open. A glob matches from the top of the repository, with case; one without wildcards names a file or a
 * folder with all below it. Entries may be joined by "and", as merging leaves them.
 */
export function openingMatcher(globs: readonly string[]): PathTest {
  const tests = new Map(globs.flatMap((entry) => entry.split(" ∩ ")).map((glob) => [glob, exactly(glob)]));
  return (path) => allowedBy(globs, (glob) => tests.get(glob)?.(path) === true);
}

/** One glob in the sense of `openingMatcher`. */
export function exactly(glob: string): PathTest {
  const bare = glob.replace(/^\.\//u, "").replace(/\/+$/u, "");
  if (!MAGIC.test(bare)) return (path) => path === bare || path.startsWith(`${bare}/`);
  return picomatch(glob.endsWith("/") ? `${bare}/**` : bare, OPTIONS);
}

function protecting(glob: string): PathTest {
  const bare = fold(glob.replace(/^\.\//u, "").replace(/\/+$/u, ""));
  const anywhere = bare.includes("/") ? bare : `**/${bare}`;
  const match = picomatch(anywhere, OPTIONS);
  return (path) => [fold(path), foldPath(path)].some((spelling) => ancestors(spelling).some((part) => match(part)));
}

/** The path itself and every folder it lies in. */
function ancestors(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, n) => parts.slice(0, n + 1).join("/"));
}
