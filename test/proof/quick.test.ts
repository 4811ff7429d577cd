// A part of the proof with every test: each row on a small scale. The whole of it is `npm run proof`.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rows } from "./rows.js";

describe("the proof", function () {
  // Far beyond what a row takes; a loaded machine must not fail what holds.
  this.timeout(600_000);

  for (const row of rows.filter(({ notWithTests }) => notWithTests === undefined)) {
    it(`${row.title}: ${row.target}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), `vigil-proof-${row.id}-`));
      try {
        const outcome = await row.measure({ size: "quick", seed: 1, folder, say: () => undefined });
        assert.equal(outcome.kind, "shown", outcome.kind === "not shown" ? outcome.why : "");
        if (outcome.kind === "shown") assert.deepEqual({ met: outcome.met, short: outcome.short }, { met: true, short: [] }, outcome.figure);
      } finally {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }
});
