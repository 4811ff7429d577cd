// Blobs come back as they were put, or not at all.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { ID, errorOf, inHome } from "./sample.js";

describe("blobs", () => {
  it("hold any bytes and any text", () =>
    inHome(async (home) => {
      const { blobs } = home.store.open(ID);
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme" }), async (bytes, text) => {
          assert.deepEqual(new Uint8Array(await blobs.get(await blobs.put(bytes))), bytes);
          assert.equal(await blobs.text(await blobs.put(text)), text);
        }),
        { numRuns: 30 },
      );
    }));

  it("are named by the SHA-256 of their file, which tells nothing of the content", () =>
    inHome(async (home) => {
      const { blobs } = home.store.open(ID);
      const ids = await Promise.all(Array.from({ length: 50 }, () => blobs.put("the same")));
      assert.equal(new Set(ids).size, 50);
      assert.deepEqual(readdirSync(home.files.blobs).sort(), [...ids].sort());
      for (const id of ids) {
        const file = readFileSync(join(home.files.blobs, id));
        assert.deepEqual([createHash("sha256").update(file).digest("hex"), file.subarray(16).toString()], [id, "the same"]);
      }
    }));

  it("that are missing or altered are named to the person who asks", () =>
    inHome(async (home) => {
      const { blobs } = home.store.open(ID);
      const id = await blobs.put("content");
      writeFileSync(join(home.files.blobs, id), "other content of some length");
      assert.equal((await errorOf(() => blobs.get(id))).message, `Part of the record of run ${ID} cannot be shown: blob ${id} was altered after it was written. "vigil verify ${ID}" names everything that is wrong.`);
      unlinkSync(join(home.files.blobs, id));
      assert.match((await errorOf(() => blobs.text(id))).message, /is missing/);
    }));

  it("have no names that lead elsewhere", () =>
    inHome(async (home) => {
      await errorOf(() => home.store.open(ID).blobs.get("../log.jsonl"));
    }));
});
