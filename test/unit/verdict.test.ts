import assert from "node:assert/strict";
import fc from "fast-check";
import type { Verdict } from "../../src/core/run/run.js";
import { approvalBasis, approvedBy, effectiveVerdict, selection, undecided, whatStands } from "../../src/core/review/verdict.js";
import { decision, file, OWNER, run, verdict } from "./run-builder.js";

const FILES = [file("a.ts"), file("b.ts")];

/** Verdicts in the order in which they were given. */
function given(...verdicts: readonly (readonly [target: string, kind: Verdict["verdict"], parts?: Partial<Verdict>])[]): Record<string, Verdict> {
  return Object.fromEntries(verdicts.map(([target, kind, parts], index) => [target, verdict(kind, { seq: index + 1, ...parts })]));
}

function check(verdicts: Record<string, Verdict>, expected: { whole: string | undefined; selected: Record<string, unknown> | undefined; undecided: boolean }): void {
  const one = decision(1, { files: FILES, verdicts });
  const value = run({ decisions: [one] });
  const selected = selection(value)[0]?.files;
  assert.deepEqual(
    {
      whole: effectiveVerdict(one).whole,
      selected: selected === undefined ? undefined : Object.fromEntries(selected.map(({ path, part }) => [path, part])),
      undecided: undecided(value).length === 1,
    },
    expected,
  );
}

describe("verdicts", () => {
  it("select nothing while none was given", () => {
    check({}, { whole: undefined, selected: undefined, undecided: true });
  });

  it("on a decision hold for all of it", () => {
    check(given(["d1", "accept"]), { whole: "accept", selected: { "a.ts": "all", "b.ts": "all" }, undecided: false });
    check(given(["d1", "reject"]), { whole: "reject", selected: undefined, undecided: false });
    check(given(["d1", "change"]), { whole: "change", selected: undefined, undecided: false });
    check(given(["d1", "later"]), { whole: "later", selected: undefined, undecided: true });
  });

  it("on a file hold over the decision's, whichever came first", () => {
    check(given(["d1", "accept"], ["d1:a.ts", "reject"]), { whole: "mixed", selected: { "a.ts": "none", "b.ts": "all" }, undecided: false });
    check(given(["d1:a.ts", "reject"], ["d1", "accept"]), { whole: "mixed", selected: { "a.ts": "none", "b.ts": "all" }, undecided: false });
    check(given(["d1", "reject"], ["d1:a.ts", "accept"]), { whole: "mixed", selected: { "a.ts": "all", "b.ts": "none" }, undecided: false });
  });

  it("on a hunk hold over the file's", () => {
    check(given(["d1", "accept"], ["d1:a.ts#2", "reject"]), { whole: "mixed", selected: { "a.ts": { without: [2] }, "b.ts": "all" }, undecided: false });
    check(given(["d1", "reject"], ["d1:a.ts#3", "accept"], ["d1:a.ts#1", "accept"]), { whole: "mixed", selected: { "a.ts": { only: [1, 3] }, "b.ts": "none" }, undecided: false });
  });

  it("that accepted a part fall with a later rejection of the whole", () => {
    check(given(["d1:a.ts", "accept"], ["d1", "reject"]), { whole: "reject", selected: undefined, undecided: false });
    check(given(["d1:a.ts#1", "accept"], ["d1:a.ts", "change"]), { whole: "mixed", selected: undefined, undecided: true });
    check(given(["d1:a.ts#1", "accept"], ["d1", "later"]), { whole: "later", selected: undefined, undecided: true });
  });

  it("come later by their place in the log, whatever the clock said", () => {
    check(given(["d1:a.ts", "accept", { at: 90_000 }], ["d1", "reject", { at: 1 }]), { whole: "reject", selected: undefined, undecided: false });
  });

  it("on some parts leave the others undecided", () => {
    check(given(["d1:a.ts", "accept"]), { whole: "mixed", selected: { "a.ts": "all", "b.ts": "none" }, undecided: true });
    check(given(["d1:a.ts", "accept"], ["d1:b.ts", "accept"]), { whole: "accept", selected: { "a.ts": "all", "b.ts": "all" }, undecided: false });
  });

  it("select an acknowledged decision and not a disputed one", () => {
    check(given(["d1", "acknowledge"]), { whole: "acknowledge", selected: { "a.ts": "all", "b.ts": "all" }, undecided: false });
    check(given(["d1", "dispute"]), { whole: "dispute", selected: undefined, undecided: false });
  });

  it("on something that the decision does not have select nothing", () => {
    check(given(["d1:c.ts", "accept"], ["d2", "accept"]), { whole: undefined, selected: undefined, undecided: true });
  });

  it("count only for decisions that are kept or proposed", () => {
    const states = ["open", "kept", "proposed", "discarded", "empty", "dropped"] as const;
    const value = run({ decisions: states.map((state, index) => decision(index + 1, { state, files: FILES, verdicts: given([`d${String(index + 1)}`, "accept"]) })) });
    assert.deepEqual(selection(value).map((selected) => selected.decision.state), ["kept", "proposed"]);
    assert.deepEqual(whatStands(value).map((one) => one.state), ["kept", "proposed"]);
  });

  it("leave standing what was not rejected as a whole", () => {
    const decisions = [
      decision(1, { files: FILES, verdicts: given(["d1", "reject"]) }),
      decision(2, { files: FILES, verdicts: given(["d2:a.ts", "reject"]) }),
      decision(3, { files: FILES }),
    ];
    assert.deepEqual(whatStands(run({ decisions })).map((one) => one.id), ["d2", "d3"]);
  });

  it("never select a part that nobody accepted", () => {
    const targets = ["d1", "d1:a.ts", "d1:b.ts", "d1:a.ts#1", "d1:a.ts#2", "d1:b.ts#1"];
    const kinds = fc.constantFrom<Verdict["verdict"]>("accept", "reject", "change", "later");
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...targets), fc.tuple(kinds, fc.nat(5)), { maxKeys: 6 }), (drawn) => {
        const verdicts = Object.fromEntries(Object.entries(drawn).map(([target, [kind, at]]) => [target, verdict(kind, { at })]));
        const says = (target: string): string | undefined => verdicts[target]?.verdict;
        for (const { path, part } of selection(run({ decisions: [decision(1, { files: FILES, verdicts })] }))[0]?.files ?? []) {
          const [whole, hunks] = [says(`d1:${path}`) ?? says("d1"), [1, 2].filter((n) => says(`d1:${path}#${String(n)}`) === "accept")];
          if (part === "all") assert.equal(whole, "accept");
          else if (part !== "none" && "only" in part) assert.deepEqual(part.only.filter((n) => !hunks.includes(n)), []);
          else if (part !== "none") assert.equal(whole, "accept");
        }
      }),
    );
  });
});

describe("the basis of an approval", () => {
  function basis(verdicts: Record<string, Verdict>, expected: string | undefined): void {
    assert.equal(approvalBasis(decision(1, { files: FILES, verdicts })), expected);
  }
  const policy = { by: { kind: "policy", digest: "0".repeat(64) } } as const;

  it("is the decision's verdict's", () => {
    basis(given(["d1", "accept", { basis: "summary" }]), "summary");
    basis(given(["d1", "accept", { basis: "decision" }]), "decision");
  });

  it("is the hunk where a hunk has a verdict", () => {
    basis(given(["d1", "accept", { basis: "summary" }], ["d1:a.ts#1", "reject"]), "hunk");
  });

  it("is the least thorough of several", () => {
    basis(given(["d1:a.ts", "accept", { basis: "decision" }], ["d1:b.ts", "accept", { basis: "summary" }]), "summary");
  });

  it("is the policy only where no person spoke", () => {
    basis(given(["d1", "accept", policy]), "policy");
    basis(given(["d1", "accept", policy], ["d1:a.ts", "accept", { basis: "decision" }]), "decision");
  });

  it("is absent where nothing is accepted", () => {
    basis({}, undefined);
    basis(given(["d1", "reject"]), undefined);
  });

  it("names each person who approved once, the latest first", () => {
    const other = { name: "Grace", email: "grace@team.example" };
    const verdicts = given(["d1", "accept"], ["d1:a.ts", "accept", { by: { kind: "person", person: other } }], ["d1:b.ts", "accept"]);
    assert.deepEqual(approvedBy(decision(1, { files: FILES, verdicts })), [OWNER, other]);
    assert.deepEqual(approvedBy(decision(1, { files: FILES, verdicts: given(["d1", "accept", policy]) })), []);
  });
});
