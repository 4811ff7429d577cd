// Merging levels: what is uncommitted narrows and never widens, and a branch opens nothing by itself.
import assert from "node:assert/strict";
import fc from "fast-check";
import { allowedBy, bothAllow } from "../../src/core/policy/all-of.js";
import { mergePolicy, policyText, wideningText, type PolicyLevels } from "../../src/core/policy/merge.js";
import { effectivePolicySchema, POLICY_KEY_NAMES, PROTECTED_ALWAYS, type PolicySettings, type PolicyValues } from "../../src/core/policy/schema.js";
import { openingMatcher } from "../../src/core/judge/glob.js";
import { stageForPath } from "../../src/core/judge/path.js";
import { judgeCommand } from "../../src/core/judge/command.js";
import { STAGES, stageRank } from "../../src/core/stage.js";

type Others = PolicyLevels["others"];
const levels = (committed: PolicySettings, others: Others = [], trusted: PolicyLevels["trusted"] = "all", confirmed = false): PolicyLevels => ({ committed, others, trusted, confirmed });

describe("merging one key", () => {
  const check = (key: keyof PolicyValues, input: PolicyLevels, value: unknown, from: string, heldBy?: RegExp) => {
    const merged = mergePolicy(input);
    assert.deepEqual([merged.values[key], merged.origins[key]?.from], [value, from]);
    if (heldBy === undefined) assert.equal(merged.origins[key]?.heldBy, undefined);
    else assert.match(merged.origins[key]?.heldBy ?? "", heldBy);
  };
  const checkout = (settings: PolicySettings): Others => [{ level: "checkout", settings }];
  const personal = (settings: PolicySettings): Others => [{ level: "personal", settings }];

  it("takes the default where no level speaks", () => check("speculate", levels({}), 10, "default"));
  it("takes what is committed, narrower or wider", () => check("speculate", levels({ speculate: 50 }), 50, "committed"));
  it("lowers the stage for an uncommitted value", () => check("maxStage", levels({ maxStage: "bounded-write" }, checkout({ maxStage: "read-only" })), "read-only", "checkout", /Narrowed by the uncommitted .*remove "vigil.policy.maxStage": "read-only" there to get back "bounded-write"/));
  it("never raises it", () => check("maxStage", levels({ maxStage: "gated-write" }, personal({ maxStage: "bounded-write" })), "gated-write", "committed", /^Your own settings ask for "bounded-write", which counts only once it is committed: commit "vigil\.policy\.maxStage": "bounded-write"/));
  it("keeps the ceiling where only an uncommitted value names a higher one", () => check("maxStage", levels({}, checkout({ maxStage: "autonomous-with-summary" })), undefined, "default", /counts only once it is committed/));
  it("opens no scope from an uncommitted one", () => check("scope", levels({}, checkout({ scope: ["**"] })), undefined, "default", /commit "vigil\.policy\.scope"/));
  it("narrows the scope to what both allow", () => check("scope", levels({ scope: ["src/**"] }, checkout({ scope: ["src/a/**", "docs/**"] })), ["docs/** ∩ src/**", "src/a/**"], "checkout", /Narrowed/));
  it("is not narrowed by a checkout that repeats the committed stages of paths", () => {
    const paths = [{ glob: "a/**", stage: "read-only" as const }, { glob: "b", stage: "gated-write" as const, reason: "r" }];
    const committed = paths.map((rule) => ({ ...rule, level: "committed" }));
    check("paths", levels({ paths }, checkout({ paths: [...paths].reverse() })), committed, "committed");
    check("paths", levels({ paths }, checkout({ paths: paths.slice(1) })), [...committed, { ...paths[1], level: "checkout" }], "checkout", /Narrowed/);
  });
  it("takes the smallest limit", () => check("limits.usd", levels({ "limits.usd": 10 }, personal({ "limits.usd": 3 })), 3, "personal", /Narrowed by your own settings/));
  it("takes a limit that only a person set", () => check("limits.hours", levels({}, personal({ "limits.hours": 3 })), 3, "personal", /get back no value/));
  it("takes the larger demand on a record", () => check("promotion.minRuns", levels({ "promotion.minRuns": 9 }, personal({ "promotion.minRuns": 2 })), 9, "committed", /Your own settings ask for 2/));
  it("adds checks", () => check("requiredChecks", levels({ requiredChecks: ["b"] }, checkout({ requiredChecks: ["a", "b"] })), ["b", "a"], "checkout", /Narrowed/));
  it("always protects the built-in list", () => check("protected", levels({ protected: ["db/**"] }, personal({ protected: ["x"] })), [...PROTECTED_ALWAYS, "db/**", "x"], "personal", /Narrowed/));
  it("keeps the default list of hidden files under an uncommitted addition", () => assert.ok(mergePolicy(levels({}, personal({ hidden: ["x"] }))).values.hidden.includes(".env")));
  it("ignores uncommitted allow rules and takes the others", () =>
    check("commands", levels({}, checkout({ commands: [{ match: "a", decision: "allow" }, { match: "b", decision: "deny" }] })), [{ match: "b", decision: "deny" }], "checkout", /Narrowed/));
  it("takes single values from the commit only", () => check("owner", levels({ owner: "a@x" }, personal({ owner: "b@x" })), "a@x", "committed", /ask for "b@x", which counts only once it is committed/));
  it("takes the strictest answer for each risk", () =>
    check("unanswered", levels({ unanswered: { low: "park", medium: "wait", high: "stop" } }, personal({ unanswered: { low: "wait", medium: "deny", high: "deny" } })), { low: "park", medium: "deny", high: "stop" }, "personal", /Narrowed/));
  it("treats no models as any", () => check("models", levels({ models: [] }, personal({ models: ["m"] })), ["m"], "personal", /Narrowed/));
  it("never lets disjoint models become any", () => check("models", levels({ models: ["a"] }, personal({ models: ["b"] })), ["a ∩ b"], "personal", /Narrowed/));

  const branch = /not yet on the default branch: merge it there, or confirm it/;
  it("holds a raised stage until the default branch has it", () => check("maxStage", levels({ maxStage: "bounded-write" }, [], {}), "gated-write", "default", branch));
  it("opens it once this person confirmed", () => check("maxStage", levels({ maxStage: "bounded-write" }, [], {}, true), "bounded-write", "committed"));
  it("takes a narrower value from a branch at once", () => check("limits.usd", levels({ "limits.usd": 2 }, [], { "limits.usd": 10 }), 2, "committed"));
  it("holds a limit that the branch removed", () => check("limits.usd", levels({}, [], { "limits.usd": 10 }), 10, "committed", branch));
  it("holds a scope that is new on the branch", () => check("scope", levels({ scope: ["**"] }, [], {}), undefined, "default", branch));
  it("keeps what the branch stopped protecting", () => check("protected", levels({}, [], { protected: ["db/**"] }), [...PROTECTED_ALWAYS, "db/**"], "committed", branch));
  it("keeps deny rules that the branch dropped", () => check("commands", levels({}, [], { commands: [{ match: "b", decision: "deny" }] }), [{ match: "b", decision: "deny" }], "committed", branch));
  it("holds a landing branch, a waiver and an owner of the branch", () => {
    check("landing.branch", levels({ "landing.branch": "x" }, [], {}), undefined, "default", branch);
    check("promotion.waived", levels({ "promotion.waived": { stage: "bounded-write", by: "b", reason: "r" } }, [], {}), undefined, "default", branch);
    check("owner", levels({ owner: "b@x" }, [], { owner: "a@x" }), "a@x", "committed", branch);
  });
  it("takes a set-up command from the branch, because it is confined", () => check("worktree.setup", levels({ "worktree.setup": "npm ci" }, [], {}), "npm ci", "committed"));
});

describe("what a person confirms", () => {
  const check = (committed: PolicySettings, trusted: PolicyLevels["trusted"], expected: string | undefined) => assert.equal(wideningText(committed, trusted), expected);
  it("is nothing where nothing widens", () => check({ maxStage: "read-only", requiredChecks: ["a"] }, {}, undefined));
  it("is nothing on the default branch", () => check({ maxStage: "bounded-write" }, "all", undefined));
  it("names exactly what widens", () => check({ maxStage: "bounded-write", "limits.usd": 1 }, { "limits.hours": 2 }, '[["maxStage","bounded-write"],["limits.hours",null]]'));
  it("is the same in any order of keys", () =>
    assert.equal(wideningText({ scope: ["a"], "promotion.waived": { stage: "bounded-write", by: "b", reason: "r" } }, {}), wideningText({ "promotion.waived": { reason: "r", by: "b", stage: "bounded-write" }, scope: ["a"] }, {})));
});

const glob = fc.constantFrom("**", "src/**", "src/a/**", "src/a/x.ts", "docs/**", "*.md", "**/*.ts", "src/*/x.ts", "other");
const stage = fc.constantFrom(...STAGES);
const answer = fc.constantFrom("wait" as const, "park" as const, "deny" as const, "stop" as const);
const command = fc.record({ match: fc.constantFrom("npm publish", "git push *", "rm -rf *", "ls"), decision: fc.constantFrom("allow" as const, "ask" as const, "deny" as const) });
const settings: fc.Arbitrary<PolicySettings> = fc.record(
  {
    maxStage: stage,
    paths: fc.array(fc.record({ glob, stage }), { maxLength: 4 }),
    scope: fc.array(glob, { maxLength: 3 }),
    protected: fc.array(glob, { maxLength: 2 }),
    hidden: fc.array(glob, { maxLength: 2 }),
    commands: fc.array(command, { maxLength: 3 }),
    models: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }),
    networkHosts: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }),
    "limits.usd": fc.integer({ min: 1, max: 9 }),
    speculate: fc.integer({ min: 0, max: 30 }),
    requiredChecks: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 2 }),
    secondPerson: fc.boolean(),
    unanswered: fc.record({ low: answer, medium: answer, high: answer }),
    owner: fc.constantFrom("a@x", "b@x"),
    "landing.branch": fc.constantFrom("p", "q"),
    "promotion.minRuns": fc.integer({ min: 0, max: 9 }),
  },
  { requiredKeys: [] },
);
const others: fc.Arbitrary<Others> = fc.uniqueArray(fc.record({ level: fc.constantFrom("checkout" as const, "personal" as const, "run" as const), settings }), { maxLength: 3, selector: (entry) => entry.level });
const trusted = fc.oneof(fc.constant("all" as const), settings);

const PATHS = ["src/a/x.ts", "src/b/x.ts", "src/y.md", "docs/z.md", "README.md", "other"];
const LINES = ["npm publish", "git push origin", "rm -rf x", "ls", "echo a"];
const STRICT = { allow: 0, ask: 1, deny: 2 } as const;
const order = ["wait", "park", "deny", "stop"];

/** Fails where the second policy permits anything that the first does not. */
function assertNotWider(wide: PolicyValues, narrow: PolicyValues): void {
  const ceiling = (values: PolicyValues) => stageRank(values.maxStage ?? "gated-write");
  const scoped = (values: PolicyValues, path: string) => values.scope !== undefined && openingMatcher(values.scope)(path);
  const listed = (list: readonly string[], word: string) => allowedBy(list, (part) => part === word);
  assert.ok(ceiling(narrow) <= ceiling(wide));
  for (const path of PATHS) {
    assert.ok(stageRank(stageForPath(narrow, path, "autonomous-with-summary").stage) <= stageRank(stageForPath(wide, path, "autonomous-with-summary").stage), path);
    assert.ok(!scoped(narrow, path) || scoped(wide, path), path);
  }
  for (const line of LINES) assert.ok(STRICT[judgeCommand(narrow.commands, line).kind] >= STRICT[judgeCommand(wide.commands, line).kind], line);
  for (const word of ["a", "b", "c"]) {
    assert.ok(!listed(narrow.networkHosts, word) || listed(wide.networkHosts, word));
    assert.ok(narrow.models.length === 0 ? wide.models.length === 0 : wide.models.length === 0 || !listed(narrow.models, word) || listed(wide.models, word));
  }
  for (const key of ["protected", "hidden", "requiredChecks"] as const) for (const entry of wide[key]) assert.ok(narrow[key].includes(entry));
  assert.ok((narrow["limits.usd"] ?? Infinity) <= (wide["limits.usd"] ?? Infinity));
  assert.ok(narrow.speculate <= wide.speculate);
  assert.ok(narrow["promotion.minRuns"] >= wide["promotion.minRuns"]);
  assert.ok(narrow.secondPerson || !wide.secondPerson);
  for (const risk of ["low", "medium", "high"] as const) assert.ok(order.indexOf(narrow.unanswered[risk]) >= order.indexOf(wide.unanswered[risk]));
}

describe("merging any levels", () => {
  it("never widens by adding a level", () => fc.assert(fc.property(settings, trusted, others, fc.nat(2), (committed, stood, list, without) => {
    assertNotWider(mergePolicy(levels(committed, list.filter((_, n) => n !== without), stood)).values, mergePolicy(levels(committed, list, stood)).values);
  })));
  it("is never wider than what is committed, nor than what the default branch had", () => fc.assert(fc.property(settings, settings, others, (committed, stood, list) => {
    const merged = mergePolicy(levels(committed, list, stood)).values;
    assertNotWider(mergePolicy(levels(committed)).values, merged);
    const base = mergePolicy(levels(stood)).values;
    assertNotWider(base, merged);
    for (const key of ["landing.branch", "owner"] as const) assert.equal(merged[key], base[key]);
  })));
  it("gives the same in any order of the uncommitted levels", () => fc.assert(fc.property(settings, trusted, others, (committed, stood, list) => {
    assert.deepEqual(mergePolicy(levels(committed, [...list].reverse(), stood)), mergePolicy(levels(committed, list, stood)));
  })));
  it("changes nothing by saying a level twice", () => fc.assert(fc.property(settings, trusted, others, (committed, stood, list) => {
    assert.equal(policyText(mergePolicy(levels(committed, [...list, ...list], stood))), policyText(mergePolicy(levels(committed, list, stood))));
  })));
  it("opens everything committed once it is confirmed", () => fc.assert(fc.property(settings, settings, (committed, stood) => {
    assert.deepEqual(mergePolicy(levels(committed, [], stood, true)), mergePolicy(levels(committed)));
  })));
  it("asks for a confirmation exactly where something is held", () => fc.assert(fc.property(settings, settings, (committed, stood) => {
    const held = Object.values(mergePolicy(levels(committed, [], stood)).origins).some((origin) => origin.heldBy !== undefined);
    assert.equal(wideningText(committed, stood) !== undefined, held);
  })));
  it("comes back from the log as it was", () => fc.assert(fc.property(settings, trusted, others, (committed, stood, list) => {
    const policy = mergePolicy(levels(committed, list, stood));
    const read = effectivePolicySchema.parse(JSON.parse(JSON.stringify(policy)));
    assert.equal(policyText(read), policyText(policy));
    assert.deepEqual(Object.keys(policy.values), POLICY_KEY_NAMES);
  })));
  it("refuses a logged policy with a value out of its schema", () => {
    const { values, origins } = mergePolicy(levels({}));
    assert.equal(effectivePolicySchema.safeParse({ values: { ...values, speculate: "many" }, origins }).success, false);
  });
});

describe("lists that all levels must allow", () => {
  const list = fc.array(glob, { maxLength: 4 });
  it("allow exactly what each of them allows", () => fc.assert(fc.property(list, list, list, fc.constantFrom(...PATHS), (a, b, c, path) => {
    const both = bothAllow(bothAllow(a, b), c);
    assert.equal(openingMatcher(both)(path), [a, b, c].every((each) => openingMatcher(each)(path)));
    assert.deepEqual(new Set(bothAllow(both, both)), new Set(both));
  })));
});
