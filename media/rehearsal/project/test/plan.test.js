import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../src/plan.js";
import { recipes } from "../src/recipes.js";

test("ends with the meal", () => assert.deepEqual(plan(recipes.flatbread, 480).at(-1), { at: 480, what: "eat" }));

test("starts early enough for the whole recipe", () => assert.equal(plan(recipes.country, 450)[0].at, 450 - 600));

test("gives every step the minutes it needs", () => {
  const lines = plan(recipes.rye, 450);
  const lengths = lines.slice(1).map((line, n) => line.at - lines[n].at);
  assert.deepEqual(lengths, recipes.rye.map((step) => step.minutes));
});
