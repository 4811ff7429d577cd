// How much attention a decision deserves, from facts that the runner knows: paths, size, violations. The agent's own
// opinion of its work plays no part.
import { asksTwiceByName } from "../judge/asks-twice.js";
import type { FileChange } from "../log/parts.js";
import type { Decision } from "../run/run.js";
import { pathClass } from "./path-class.js";

/** read: look at every line. skim: look at the shape. routine: may be accepted with others like it. */
export type Band = "read" | "skim" | "routine";

/** Past either, a decision is too large to be judged as one (design: the agent is asked to split it). */
export const LARGE = { lines: 400, files: 15 } as const;
/** Lines of tests alone that still count as routine. */
const SMALL_TESTS = 60;

type Judged = Pick<Decision, "files" | "heldTo" | "violations">;

export function band(decision: Judged): Band {
  return bandWithReason(decision).band;
}

/** `because`: the fact that put it there, as a short phrase for a row. */
export function bandWithReason({ files, violations }: Judged): { readonly band: Band; readonly because: string } {
  const lines = files.reduce((sum, file) => sum + file.added + file.removed, 0);
  const read = (because: string) => ({ band: "read", because }) as const;
  const routine = (because: string) => ({ band: "routine", because }) as const;
  if (violations.length > 0) return read("broke a rule on the way");
  if (lines > LARGE.lines || files.length > LARGE.files) return read("too large to be judged as one");
  if (files.some((file) => asksTwiceByName(file) !== undefined)) return read("changes what runs or steers tools later");
  if (files.some(weakensTests)) return read("takes tests away");
  const classes = new Set(files.map((file) => pathClass(file.path)));
  const only = classes.size === 1 ? [...classes][0] : undefined;
  if (only === "docs") return routine("documentation only");
  if (only === "lock") return routine("lock file only");
  if (only === "test" && lines <= SMALL_TESTS) return routine("a few lines of tests");
  return { band: "skim", because: only === "test" ? "tests" : "code" };
}

/** A test that goes away, or shrinks, may be how a check turned green. */
function weakensTests(file: FileChange): boolean {
  return pathClass(file.path) === "test" && (file.status === "deleted" || file.removed > file.added);
}
