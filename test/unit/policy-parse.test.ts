// Settings files: what is read, and how a person is told what is wrong.
import assert from "node:assert/strict";
import fc from "fast-check";
import { HumanError } from "../../src/core/error.js";
import { addToSettings, initialSettings } from "../../src/core/policy/init.js";
import { parseSettings } from "../../src/core/policy/parse.js";
import { fromRepository } from "../../src/core/policy/personal.js";
import { POLICY_KEYS, POLICY_KEY_NAMES } from "../../src/core/policy/schema.js";

const WHERE = ".vscode/settings.json";

describe("reading settings", () => {
  const check = (text: string, settings: object, personal: object = {}) => assert.deepEqual(parseSettings(text, WHERE), { settings, personal });
  it("reads nothing from nothing", () => check(" \n", {}));
  it("reads comments, trailing commas and other tools' keys past", () => check('\uFEFF{ // ours\n "editor.tabSize": 2, "vigil.policy.maxStage": "gated-write", /* x */ "vigil.policy.limits.usd": 10, }', { maxStage: "gated-write", "limits.usd": 10 }));
  it("reads personal keys", () => check('{"vigil.model.name":"m","vigil.worktrees.keepDays":3}', {}, { "model.name": "m", "worktrees.keepDays": 3 }));
  it("leaves unknown keys outside policy to their owner", () => check('{"vigil.review.layout":"x"}', {}));
  it("takes the machine's own keys from no repository", () => assert.deepEqual(fromRepository({ "model.name": "m", "model.baseUrl": "https://x", "notify.command": "x" }), { "model.name": "m" }));
});

describe("problems in settings", () => {
  const check = (text: string, ...expected: RegExp[]) =>
    assert.throws(
      () => parseSettings(text, WHERE),
      (error: unknown) => {
        assert.ok(error instanceof HumanError);
        assert.equal(error.exit, 2);
        const lines = error.message.split("\n");
        assert.equal(lines.length, expected.length, error.message);
        expected.forEach((line, n) => assert.match(lines[n] ?? "", line));
        return true;
      },
    );
  it("names the line where it stops being JSON", () => check('{\n "vigil.policy.maxStage": "read-only"\n "x": 1\n}', /^\.vscode\/settings\.json:3: This is not JSON \(comma expected\)\. Correct it/));
  it("suggests the nearest key", () => check('{\n\n "vigil.policy.maxStaeg": 1}', /:3: "vigil\.policy\.maxStaeg" is not a setting\. Did you mean "vigil\.policy\.maxStage"\?$/));
  it("suggests personal keys for slips only", () => check('{"vigil.model.nmae": "x"}', /:1: .*Did you mean "vigil\.model\.name"/));
  it("says which keys there are where none is near", () => check('{"vigil.policy.somethingElseAltogether": 1}', /is not a setting\. Known are: maxStage, paths/));
  it("names accepted values", () => check('{\n"vigil.policy.maxStage": "full"}', /:2: "vigil\.policy\.maxStage" has a value that cannot be used: "full"; use "read-only", "gated-write", "bounded-write" or "autonomous-with-summary"\.$/));
  it("names accepted types", () => check('{"vigil.policy.limits.usd": "10"}', /cannot be used: "10"; use a number\.$/));
  it("names accepted ranges", () => check('{"vigil.policy.limits.usd": -1}', /cannot be used: -1; use more than 0\.$/));
  it("points into lists", () => check('{"vigil.policy.paths": [\n {"glob":"a","stage":"read-only"},\n {"glob":"b","stage":"x"}]}', /:3: "vigil\.policy\.paths" at \[1\]\.stage has a value/));
  it("refuses keys inside rules that nothing reads", () => check('{"vigil.policy.commands": [{"match":"a","decision":"ask","why":"x"}]}', /remove "why", which nothing reads/));
  it("says that keys are flat", () => check('{"vigil.policy": {"maxStage":"read-only"},\n"vigil": {},\n"vigil.policy.limits": {"usd":1}}', /:1: .*keys are flat.*"vigil\.policy\.maxStage"/, /:2: .*keys are flat/, /:3: .*"vigil\.policy\.limits\.hours"/));
  it("refuses one key twice", () => check('{"vigil.policy.owner":"a",\n"vigil.policy.owner":"b"}', /:2: .* is there twice/));
  it("refuses globs that exclude or climb", () => check('{"vigil.policy.scope":["!a"],\n"vigil.policy.protected":["../x"]}', /cannot exclude with !/, /no leading \//));
  it("tells all problems at once", () => check('{"vigil.policy.maxStage":1,\n"vigil.policy.owner":2}', /:1: /, /:2: /));
  it("refuses text that is no object", () => check("[]", /:1: Settings are one object/));
  it("throws nothing but sentences, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.dictionary(fc.constantFrom("vigil.policy.paths", "vigil.policy.unanswered", "vigil.policy.limits.usd", "vigil.policy.x", "vigil"), fc.jsonValue()).map((value) => JSON.stringify(value))), (text) => {
        try {
          parseSettings(text, WHERE);
        } catch (error) {
          assert.ok(error instanceof HumanError);
        }
      }),
    );
  });
});

describe("the table of policy keys", () => {
  it("has defaults that its own schemas accept", () => {
    for (const name of POLICY_KEY_NAMES) {
      const { schema, fallback } = POLICY_KEYS[name];
      if (fallback !== null) assert.deepEqual(schema.parse(fallback), fallback, name);
    }
  });
});

describe("policy init", () => {
  const initial = { owner: "you@team.example", checks: ["npm test"], stage: "gated-write" } as const;
  const expected = { maxStage: "gated-write", owner: "you@team.example", requiredChecks: ["npm test"], "limits.usd": 10 };
  const check = (existing: string | undefined, settings: object, keeps: readonly string[] = []) => {
    const text = addToSettings(existing, initial);
    assert.deepEqual(parseSettings(text, WHERE).settings, settings);
    for (const part of keeps) assert.ok(text.includes(part), text);
  };
  it("writes the least example", () => assert.deepEqual(parseSettings(initialSettings(initial), WHERE).settings, expected));
  it("starts a file where there is none", () => check(undefined, expected));
  it("fills an empty object", () => check("{}", expected, ["// What agents may do"]));
  it("keeps comments, indentation and values", () => check('{\n\t// mine\n\t"editor.tabSize": 4,\n\t"vigil.policy.maxStage": "read-only"\n}\n', { ...expected, maxStage: "read-only" }, ["\t// mine", '"editor.tabSize": 4', '\n\t"vigil.policy.owner"']));
  it("changes nothing the second time", () => assert.equal(addToSettings(initialSettings(initial), initial), initialSettings(initial)));
  it("refuses a broken file", () => assert.throws(() => addToSettings("{", initial), HumanError));
});
