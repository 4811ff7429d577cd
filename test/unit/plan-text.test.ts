import assert from "node:assert/strict";
import fc from "fast-check";
import { editedGoals } from "../../src/client/edited-goals.js";
import { planFigures } from "../../src/client/plan-figures.js";
import { planText } from "../../src/core/goals/plan-text.js";
import { goalProblem } from "../../src/core/goals/problem.js";
import { inOrder } from "../../src/core/goals/tree.js";
import type { Goal } from "../../src/core/log/goals.js";
import { raiseProblem, raisedTo } from "../../src/core/run/raise-problem.js";
import { run } from "./run-builder.js";

function goal(id: string, parts: Partial<Goal> = {}): Goal {
  return { id, title: `Goal ${id}`, required: false, ifParentAbandoned: "stop", ...parts };
}

/** As a tree that is read back from the document made of it: those of a person, in reading order. */
function check(goals: readonly Goal[]): void {
  const of = run({ goals });
  const back = editedGoals(of, planText(of));
  const tree = (all: readonly Goal[]): unknown => inOrder({ goals: all }).map(({ goal: { by: _by, ...rest }, depth }) => [depth, rest]).toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
  assert.deepEqual(tree(back.goals), tree(goals));
  assert.deepEqual([back.added, back.removed], [[], []]);
}

describe("goals as a document", () => {
  it("read as a plan that a person would have written", () => {
    const text = planText(
      run({
        goals: [
          goal("main", { title: "Port the parser", required: true, doneWhen: "npm test", abandonWhen: { minutes: 240 } }),
          goal("p1", { title: "The lexer", parent: "main", required: true, doneWhen: "npm test -- lexer", abandonWhen: { attempts: 3, usd: 2 } }),
          goal("p2", { title: "Comments", parent: "p1" }),
          goal("docs", { title: "Docs", parent: "main", ifParentAbandoned: "finish" }),
        ],
        abandoned: [{ goal: "p2", by: "rule", why: "w", tried: [], afterStep: 0 }],
      }),
    );
    assert.match(text, /^<!--\nThe goals of run r-1\..*Given up: p2\..*\n-->\n\n/su);
    assert.equal(
      text.slice(text.indexOf("# Goal")),
      `# Goal

Port the parser

# Done when

- \`npm test\`

# Must not be dropped

- p1: The lexer (3 attempts; $2) (done when \`npm test -- lexer\`)
  - p2: Comments (may be dropped)

# May be dropped

- docs: Docs (in any case)

# Stop if

- 240 minutes
`,
    );
  });

  it("come back as they were: a plan's, an agent's without one goal above all others, and mixed ones", () => {
    check([goal("main", { required: true, doneWhen: "npm test" }), goal("a", { parent: "main", required: true }), goal("b", { parent: "a" }), goal("c", { parent: "main" }), goal("d", { parent: "c", required: true })]);
    check([goal("g1", { required: true, doneWhen: "npm test" }), goal("g2", { ifParentAbandoned: "finish" }), goal("g3", { parent: "g1", ifParentAbandoned: "finish", abandonWhen: { tokens: 50_000, idleSteps: 30 } })]);
    check([goal("main"), goal("beside"), goal("under", { parent: "main" })].map((one) => ({ ...one, required: true })));
  });

  it("come back with what a plan has no words for: names of its own, a backtick in a check, a share of the budget", () => {
    check([goal("1.2"), goal("1.2.1", { parent: "1.2", doneWhen: "test `cat x` = y", abandonWhen: { share: 0.3 } }), goal("a goal", { doneWhen: "(cd a && npm test)" })]);
  });

  it("come back as they were, whatever tree they make", () => {
    const words = fc.array(fc.constantFrom("port", "the", "parser", "lexer:", "# Goal", "-->", "<!--", "`x`", "\n", "- item", "(soon)"), { minLength: 1, maxLength: 6 }).map((parts) => `Do ${parts.join(" ")}`.replace(/\s+/gu, " ").trim());
    const trees = fc.array(fc.record({ title: words, required: fc.boolean(), above: fc.nat(), finish: fc.boolean(), attempts: fc.option(fc.integer({ min: 1, max: 9 })), usd: fc.option(fc.integer({ min: 1, max: 50 })) }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(trees, (made) => {
        const goals = made.map(({ title, required, above, finish, attempts, usd }, n): Goal => {
          const when = { ...(attempts === null ? {} : { attempts }), ...(usd === null ? {} : { usd }) };
          return goal(`g${String(n)}`, { title, required, ifParentAbandoned: finish ? "finish" : "stop", ...(above % (n + 1) === 0 ? {} : { parent: `g${String((above % (n + 1)) - 1)}` }), ...(Object.keys(when).length === 0 ? {} : { abandonWhen: when }) });
        });
        assert.equal(goalProblem(goals), undefined);
        check(goals);
      }),
    );
  });

  it("say what was added and what is gone, and are refused where nobody could follow them", () => {
    const of = run({ goals: [goal("g1"), goal("g2", { title: "Speed" })] });
    const edited = editedGoals(of, planText(of).replace("- g2: Speed", "- Size"));
    assert.deepEqual([edited.added, edited.removed, edited.goals.map(({ id, title }) => [id, title])], [["Size"], ["Speed"], [["g1", "Goal g1"], ["p1", "Size"]]]);
    assert.throws(() => editedGoals(of, "# Goal\n\nNothing else\n"), /names no goals/u);
    assert.throws(() => editedGoals(of, planText(of).replace("- g2:", "- g1:")), /g1 stands twice/u);
  });
});

describe("what was read of a plan", () => {
  it("is counted apart: goals, checks, rules, and what can only be told to the agent", () => {
    const plan = "# Goal\nPort it\n# Done when\n- `npm test`\n- it feels right\n# Must not be dropped\n- lexer: The lexer (done when `npm run lex`)\n- Errors (3 attempts)\n# Stop if\n- 2 hours\n- somebody complains\n";
    assert.deepEqual(planFigures(plan), { goals: 3, checks: 2, rules: 2, advice: 2 });
    assert.deepEqual(planFigures("# Goal\nPort it\n"), { goals: 0, checks: 0, rules: 0, advice: 0 });
  });
});

describe("an amount that a limit is raised to", () => {
  it("is read as people write it", () => {
    assert.deepEqual(["20", "$20", " $ 20.50 ", "1,500", "1 000 000"].map(raisedTo), [20, 20, 20.5, 1500, 1_000_000]);
    assert.deepEqual(["", "0", "-5", "ten", "1e9", "1,5", "$"].map(raisedTo), [undefined, undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  it("must be more than the limit and than what is used, and says which", () => {
    const money = { limit: "usd", now: 10, used: 12 } as const;
    assert.match(raiseProblem("many", money) ?? "", /such as 20/u);
    assert.match(raiseProblem("10", money) ?? "", /\$10\.00 already/u);
    assert.match(raiseProblem("11", money) ?? "", /\$12\.00 are used already/u);
    assert.equal(raiseProblem("$13", money), undefined);
    assert.equal(raiseProblem("5", { limit: "hours", now: undefined, used: 1 }), undefined);
  });
});
