// When a limit is near: at 80 and 90 %, and where no more is left than it takes to end what is open and to finish. A run
// that spends its last cent in the middle of a decision leaves less behind than one that wraps up in time.
import type { EventOf } from "../log/event.js";
import { usedLimits, usedOf, type RunLimit, type UsedLimit } from "./limits.js";
import type { Run } from "./run.js";

export type Neared = EventOf<"limit.neared">;

/** Turns that wrapping up takes: to end the decision, to look once more, to finish, and one to spare. */
const TURNS = 4;
/** Never more of a limit than this is held back. */
const MOST = 0.1;
/** Fewer turns than this say nothing about what a turn costs. */
const KNOWN = 3;

/** Marks that are passed and not in the log yet, the highest of each limit. A raised limit has marks of its own. */
export function newlyNear(run: Run): readonly Neared[] {
  return usedLimits(run).flatMap((one): readonly Neared[] => {
    const mark = markOf(run, one);
    if (mark === undefined || run.neared.some((said) => said.limit === one.limit && said.of === one.of && ORDER.indexOf(said.mark) >= ORDER.indexOf(mark))) return [];
    return [{ kind: "limit.neared", limit: one.limit, mark, used: one.used, of: one.of }];
  });
}

/** The limit that leaves room for wrapping up only; undefined where none does. */
export function reserved(run: Run): UsedLimit | undefined {
  return usedLimits(run).find(({ limit, of }) => run.neared.some((said) => said.limit === limit && said.of === of && said.mark === "reserve"));
}

const ORDER: readonly Neared["mark"][] = ["80", "90", "reserve"];

function markOf(run: Run, { limit, used, of }: UsedLimit): Neared["mark"] | undefined {
  const left = of - used;
  if (run.spent.turns >= KNOWN && left <= Math.min(of * MOST, wrappingUp(run, limit))) return "reserve";
  return used >= of * 0.9 ? "90" : used >= of * 0.8 ? "80" : undefined;
}

/** What the last turns of a run take of a limit, by what its turns took so far. Files and lines are asked about when they are kept. */
function wrappingUp(run: Run, limit: RunLimit): number {
  return limit === "files" || limit === "lines" ? -1 : (usedOf(run, limit) / run.spent.turns) * TURNS;
}
