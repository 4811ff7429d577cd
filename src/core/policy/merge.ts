// The policy in force, from what each level says. The committed level may set anything; what stands only uncommitted
// narrows and never widens; and what a branch would open does not count before the default branch or the person says so.
import { canonical } from "./canonical.js";
import { CEILING_WITHOUT_POLICY, levelled, narrow } from "./narrow.js";
import { LEVELS, POLICY_KEYS, POLICY_KEY_NAMES, PROTECTED_ALWAYS, type CommandRule, type EffectivePolicy, type Level, type PathRule, type PolicyKey, type PolicySettings, type PolicyValues, type ValueOrigin } from "./schema.js";

export interface PolicyLevels {
  /** What `.vscode/settings.json` says at the base commit. Empty where there is none. */
  readonly committed: PolicySettings;
  /** What it says at the merge-base with the default branch; `all` where the base is on the default branch itself. */
  readonly trusted: PolicySettings | "all";
  /** This person confirmed the digest of exactly `wideningText(committed, trusted)` for this repository. */
  readonly confirmed: boolean;
  /** The levels that may only narrow: each at most once, in any order. */
  readonly others: readonly { readonly level: Exclude<Level, "committed">; readonly settings: PolicySettings }[];
}

/** Keys that only the committed level sets, and that open something: a branch, a stage, files, hosts, a name to act under. */
const OPENING: ReadonlySet<PolicyKey> = new Set<PolicyKey>(["owner", "escalation", "landing.branch", "promotion.waived", "worktree.include", "worktree.setupHosts"]);

const LEVEL_NAMES: Readonly<Record<Exclude<Level, "committed">, string>> = {
  checkout: "the uncommitted .vscode/settings.json of this checkout",
  personal: "your own settings",
  run: "this run's own options",
};

export function mergePolicy(levels: PolicyLevels): EffectivePolicy {
  const others = [...levels.others].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (canonical(a.settings) < canonical(b.settings) ? -1 : 1));
  const values: Record<string, unknown> = {};
  const origins: Record<string, ValueOrigin> = {};
  for (const key of POLICY_KEY_NAMES) {
    const trusted = levels.trusted === "all" || levels.confirmed ? undefined : levels.trusted;
    let merged = baseValue(key, levels.committed, trusted);
    for (const other of others) merged = withLevel(key, merged, other.level, other.settings[key]);
    values[key] = merged.value;
    origins[key] = merged.origin;
  }
  // Every key of the table was given a value of its own schema, or its fallback.
  return { values: values as unknown as PolicyValues, origins };
}

/** The policy narrowed by what one more level says, or says by now; the same value where that takes nothing away. */
export function narrowPolicy(policy: EffectivePolicy, level: Exclude<Level, "committed">, settings: PolicySettings): EffectivePolicy {
  const values: Record<string, unknown> = { ...policy.values };
  const origins: Record<string, ValueOrigin> = { ...policy.origins };
  let narrowed = false;
  for (const key of POLICY_KEY_NAMES) {
    const merged = withLevel(key, { value: values[key], origin: origins[key] ?? { from: "default" } }, level, settings[key]);
    if (merged.value === values[key]) continue;
    values[key] = merged.value;
    origins[key] = merged.origin;
    narrowed = true;
  }
  return narrowed ? { values: values as unknown as PolicyValues, origins } : policy;
}

/**
 * One text for everything that the committed settings would open beyond the trusted ones: what a person confirms.
 * Undefined where they open nothing. The caller keeps the digest, for each person and repository.
 */
export function wideningText(committed: PolicySettings, trusted: PolicySettings | "all"): string | undefined {
  if (trusted === "all") return undefined;
  const opened = POLICY_KEY_NAMES.filter((key) => canonical(alone(key, committed)) !== canonical(baseValue(key, committed, trusted).value));
  return opened.length === 0 ? undefined : canonical(opened.map((key) => [key, committed[key] ?? null]));
}

/** One text for a merged policy, whose digest names it. */
export function policyText(policy: EffectivePolicy): string {
  return canonical(policy.values);
}

interface Merged {
  readonly value: unknown;
  readonly origin: ValueOrigin;
}

/** What a key is by the given settings and the defaults alone. */
function alone(key: PolicyKey, settings: PolicySettings): unknown {
  const said: unknown = settings[key] ?? POLICY_KEYS[key].fallback ?? undefined;
  if (key === "protected") return [...PROTECTED_ALWAYS, ...(said as readonly string[]).filter((glob) => !PROTECTED_ALWAYS.some((always) => always === glob))];
  return key === "paths" ? levelled(said as readonly PathRule[], "committed") : said;
}

function baseValue(key: PolicyKey, committed: PolicySettings, trusted: PolicySettings | undefined): Merged {
  const value = alone(key, committed);
  const from = committed[key] === undefined ? "default" : "committed";
  if (trusted === undefined) return { value, origin: { from } };
  const held = heldToTrusted(key, value, committed, trusted);
  if (canonical(held) === canonical(value)) return { value, origin: { from } };
  return {
    value: held,
    origin: {
      from: trusted[key] === undefined ? "default" : "committed",
      heldBy: `The committed value ${shown(committed[key])} of "vigil.policy.${key}" is not yet on the default branch: merge it there, or confirm it for yourself (vigil policy --confirm), to open it.`,
    },
  };
}

function heldToTrusted(key: PolicyKey, value: unknown, committed: PolicySettings, trusted: PolicySettings): unknown {
  const { merge, fallback } = POLICY_KEYS[key];
  if (merge === "base-only") return OPENING.has(key) ? alone(key, trusted) : value;
  if (key === "paths") {
    // Both lists decide, each by its own most specific rule: only where they differ does the second one matter.
    return canonical(committed.paths ?? []) === canonical(trusted.paths ?? []) ? value : narrow(key, value, trusted.paths ?? [], "default-branch");
  }
  if (key === "commands") {
    const stood = new Set((trusted.commands ?? []).map(canonical));
    const kept = (value as readonly CommandRule[]).filter((rule) => rule.decision !== "allow" || stood.has(canonical(rule)));
    return narrow(key, kept, trusted.commands ?? [], "default-branch");
  }
  const asked: unknown = trusted[key] ?? fallback ?? undefined;
  if (asked !== undefined) return narrow(key, value, asked, "default-branch");
  // Nothing stood there: no ceiling means gated-write, no scope means nothing in scope, and any limit is narrower than none.
  if (merge === "lowest-stage") return narrow(key, value, CEILING_WITHOUT_POLICY, "default-branch");
  return merge === "all-of" ? undefined : value;
}

function withLevel(key: PolicyKey, merged: Merged, level: Exclude<Level, "committed">, asked: unknown): Merged {
  if (asked === undefined) return merged;
  const value = narrow(key, merged.value, asked, level);
  if (value !== merged.value) {
    const heldBy = `Narrowed by ${LEVEL_NAMES[level]}: remove "vigil.policy.${key}": ${shown(asked)} there to get back ${shown(merged.value)}.`;
    return { value, origin: { from: level, heldBy } };
  }
  if (merged.origin.heldBy !== undefined || !asksForMore(key, merged.value, asked)) return merged;
  const heldBy = `${capital(LEVEL_NAMES[level])} ask for ${shown(asked)}, which counts only once it is committed: commit "vigil.policy.${key}": ${shown(asked)} in .vscode/settings.json to open it.`;
  return { value: merged.value, origin: { ...merged.origin, heldBy } };
}

/** A level that repeats what holds asks for nothing; one whose value was not taken over wanted something wider. */
function asksForMore(key: PolicyKey, value: unknown, asked: unknown): boolean {
  const { merge } = POLICY_KEYS[key];
  if (key === "commands") return !(asked as readonly CommandRule[]).every((rule) => (value as readonly CommandRule[]).some((held) => canonical(held) === canonical(rule)));
  return merge !== "union" && merge !== "or" && merge !== "strictest-answer" && merge !== "concat" && canonical(value) !== canonical(asked);
}

function shown(value: unknown): string {
  if (value === undefined) return "no value";
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
