// Boundaries in a person's words: which become rules, and which are said to be advice.
import assert from "node:assert/strict";
import { sectionOf, taskOf, untouchable } from "../../src/client/plan-file.js";
import { boundariesIn, boundariesOf } from "../../src/core/policy/boundary.js";

const FOLDERS = ["src", "src/store", "db", "db/migrations", "packages/api/Migrations", "docs"];
const plan = (...lines: readonly string[]): string => ["# Goal", "Make the store quick", "", "## Do not touch", ...lines, "", "## Stop if", "- the tests are red"].join("\n");

function check(lines: readonly string[], enforced: readonly string[], advice: readonly string[] = []): void {
  assert.deepEqual(boundariesOf(untouchable(plan(...lines)), FOLDERS), { enforced, advice });
}

describe("boundaries in a plan", () => {
  it("become rules where they name paths, with all that lies in a folder", () => {
    check(["- `db/schema.sql`", "- docs/"], ["db/schema.sql", "db/schema.sql/**", "docs", "docs/**"]);
    check(["* ./src/store/", "1. package.json"], ["src/store", "src/store/**", "package.json", "package.json/**"]);
    check(["- **/*.snap", "- anything in `src/*.gen.ts` or `/vendor/`, please"], ["**/*.snap", "src/*.gen.ts", "vendor", "vendor/**"]);
  });

  it("become rules where their words name folders, wherever these lie", () => {
    check(["the migrations"], ["db/migrations", "db/migrations/**", "packages/api/Migrations", "packages/api/Migrations/**"]);
    check(["Do not change anything in DB."], ["db", "db/**"]);
  });

  it("stay advice where no path can be made of them", () => {
    check(["- public names", "- how errors are worded"], [], ["public names", "how errors are worded"]);
    check(["- `.`", "- `/`"], [], ["`.`", "`/`"]);
  });

  it("are none without the heading, and end at the next one", () => {
    assert.deepEqual(untouchable("# Goal\nMake it quick; touch nothing in docs/"), []);
    assert.equal(sectionOf(plan("- a", "- b"), "Do not touch"), "- a\n- b");
    assert.equal(sectionOf("Goal: x\nDo not touch: docs/\nStop if: red", "Do not touch"), "docs/");
    assert.equal(sectionOf("Goal: x\nStop if: red", "Do not touch"), "");
    assert.equal(taskOf(plan("- a")), "Make the store quick");
  });
});

describe("boundaries in running text", () => {
  const said = (text: string): unknown => boundariesOf(boundariesIn(text), FOLDERS);
  it("become rules where a sentence says so and names a path or a folder", () => {
    assert.deepEqual(said("Make the store quick. Do not touch the migrations!"), { enforced: ["db/migrations", "db/migrations/**", "packages/api/Migrations", "packages/api/Migrations/**"], advice: [] });
    assert.deepEqual(said("Please never change `db/schema.sql`, it is generated"), { enforced: ["db/schema.sql", "db/schema.sql/**"], advice: [] });
    assert.deepEqual(said("Leave docs alone; and stay out of src/store/."), { enforced: ["docs", "docs/**", "src/store", "src/store/**"], advice: [] });
  });
  it("stay advice where no path can be made of them", () => { assert.deepEqual(said("Don't change how errors are worded."), { enforced: [], advice: ["how errors are worded"] }); });
  it("are none where nothing is said not to be touched", () => { assert.deepEqual(boundariesIn("Change the migrations. Do not forget the docs. Move src/store to src/kept."), []); });
});
