// How each kind of setting narrows: the table's merges as functions. A result is never wider than either argument.
import { lowestStage, type Stage } from "../stage.js";
import { bothAllow } from "./all-of.js";
import { canonical } from "./canonical.js";
import { POLICY_KEYS, type CommandRule, type Merge, type MergedPathRule, type PathRule, type PolicyKey } from "./schema.js";

export type RuleLevel = MergedPathRule["level"];

/** What a run may do where nobody set `maxStage`. */
export const CEILING_WITHOUT_POLICY: Stage = "gated-write";
/** From the least to the most that happens without a person. */
const ANSWERS = ["wait", "park", "deny", "stop"] as const;
type Answer = (typeof ANSWERS)[number];

type Narrow = (held: unknown, asked: unknown, key: PolicyKey, level: RuleLevel) => unknown;

/**
 * The stricter of what holds and what a level asks for. Both must have been parsed with the key's schema; `held` comes
 * back as it is where nothing changes. `undefined` for `held` is what the key means without any value.
 */
export function narrow(key: PolicyKey, held: unknown, asked: unknown, level: RuleLevel): unknown {
  const next = NARROWING[POLICY_KEYS[key].merge](held, asked, key, level);
  return canonical(next) === canonical(held) ? held : next;
}

// The casts restore what parsing with the key's own schema established; the table pairs schema and merge.
const NARROWING: Readonly<Record<Merge, Narrow>> = {
  "lowest-stage": (held, asked) => {
    const low = lowestStage((held as Stage | undefined) ?? CEILING_WITHOUT_POLICY, asked as Stage);
    return held === undefined && low === CEILING_WITHOUT_POLICY ? undefined : low;
  },
  minimum: (held, asked) => (held === undefined ? asked : Math.min(held as number, asked as number)),
  maximum: (held, asked) => (held === undefined ? asked : Math.max(held as number, asked as number)),
  or: (held, asked) => held === true || asked === true,
  union: (held, asked) => union(held as readonly unknown[], asked as readonly unknown[]),
  "all-of": (held, asked, key) => {
    // No scope and no hosts mean nothing is allowed; no models mean that any is.
    if (key === "models" && (held as readonly string[]).length === 0) return asked;
    if (key === "models" && (asked as readonly string[]).length === 0) return held;
    return held === undefined ? undefined : bothAllow(held as readonly string[], asked as readonly string[]);
  },
  concat: (held, asked, key, level) =>
    key === "paths" ? concatPaths(held as readonly MergedPathRule[], asked as readonly PathRule[], level) : concatCommands(held as readonly CommandRule[], asked as readonly CommandRule[]),
  "strictest-answer": (held, asked) => {
    const a = held as Readonly<Record<string, Answer>>;
    const b = asked as Readonly<Record<string, Answer>>;
    return Object.fromEntries(Object.keys(a).map((risk) => [risk, stricterAnswer(a[risk] ?? "wait", b[risk] ?? "wait")]));
  },
  "base-only": (held) => held,
};

export function levelled(rules: readonly PathRule[], level: RuleLevel): readonly MergedPathRule[] {
  return rules.map((rule) => ({ ...rule, level }));
}

function union(held: readonly unknown[], asked: readonly unknown[]): readonly unknown[] {
  const known = new Set(held.map(canonical));
  const added = asked.filter((entry) => !known.has(canonical(entry)));
  return [...held, ...new Map(added.map((entry) => [canonical(entry), entry])).values()];
}

/** Each level decides by its own most specific rule, so one that says the same as another level, no more and no less, changes nothing. */
function concatPaths(held: readonly MergedPathRule[], asked: readonly PathRule[], level: RuleLevel): readonly unknown[] {
  const ruleText = ({ glob, stage, reason }: PathRule): string => canonical({ glob, stage, reason });
  const textOf = (rules: readonly PathRule[]): string => canonical(rules.map(ruleText).sort());
  const repeated = [...new Set(held.map((rule) => rule.level))].some((known) => textOf(held.filter((rule) => rule.level === known)) === textOf(asked));
  return repeated ? held : union(held, levelled(asked, level));
}

/** Rules that ask or deny add up; one that allows opens something, and so only counts where it already stood. */
function concatCommands(held: readonly CommandRule[], asked: readonly CommandRule[]): readonly unknown[] {
  return union(held, asked.filter((rule) => rule.decision !== "allow"));
}

function stricterAnswer(a: Answer, b: Answer): Answer {
  return ANSWERS.indexOf(a) >= ANSWERS.indexOf(b) ? a : b;
}
