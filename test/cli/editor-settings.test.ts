// What a person set in their editor counts like their own file: it narrows policy, and names the model.
import assert from "node:assert/strict";
import { openRepository, type Place } from "../../src/client/open-repository.js";
import { policyReport } from "../../src/client/policy-report.js";
import { resolvePolicy } from "../../src/client/resolve-policy.js";
import { Lab, POLICY } from "../runner/lab.js";

describe("the person's settings in an editor", () => {
  let lab: Lab;
  before(() => { lab = new Lab(POLICY); });
  after(() => lab.close());

  function place(settings: Readonly<Record<string, unknown>>): Place {
    return { folder: lab.repo, env: lab.environment(), platform: process.platform, home: lab.home, program: lab.dist, node: process.execPath, settings };
  }

  it("narrow what the team committed, and never widen it", async () => {
    const { keys } = await policyReport(await openRepository(place({ "vigil.policy.limits.usd": 2, "vigil.policy.requiredChecks": ["npm run lint"] })));
    assert.deepEqual([keys["limits.usd"].value, keys["limits.usd"].from], [2, "personal"]);
    assert.deepEqual(keys.requiredChecks.value, ["node test/all.js", "npm run lint"]);
    const wider = await policyReport(await openRepository(place({ "vigil.policy.limits.usd": 99 })));
    assert.equal(wider.keys["limits.usd"].value, 10);
  });

  it("name the model", async () => {
    assert.equal((await resolvePolicy(await openRepository(place({ "vigil.model.name": "another-model" })))).personal["model.name"], "another-model");
  });

  it("are refused with the key that is wrong", async () => {
    await assert.rejects(async () => policyReport(await openRepository(place({ "vigil.policy.limits.usd": "much" }))), /your editor's user settings.*limits\.usd/s);
  });
});
