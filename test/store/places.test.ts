// Places among runs that work at once: an order, a limit, and what a holder leaves behind that is gone.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore } from "../../src/store/file-store.js";
import { Places } from "../../src/store/places.js";
import type { RunWriter } from "../../src/store/store.js";

describe("places", () => {
  let folder: string;
  const writers = new Map<string, RunWriter>();
  const ids = ["20261122-130501-aaa", "20261122-130502-bbb", "20261122-130503-ccc", "20261122-130504-ddd"] as const;
  const of = (id: string): Places => new Places(folder, id);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "vigil-places-"));
    const store = fileStore(folder);
    for (const id of ids) {
      await store.create(id);
      const taken = await store.write(id, Date.now);
      if (taken.kind === "writer") writers.set(id, taken.writer);
    }
  });
  afterEach(async () => {
    for (const writer of writers.values()) await writer.close();
    writers.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  it("go to those who ask first, and to the others in the order in which they began to wait", async () => {
    const [one, two, three, four] = ids;
    assert.deepEqual(await of(one).ask(1), { kind: "place" });
    assert.deepEqual(await of(three).ask(1), { kind: "wait", behind: [one] });
    assert.deepEqual(await of(two).ask(1), { kind: "wait", behind: [one, three] });
    assert.deepEqual(await of(four).ask(1), { kind: "wait", behind: [one, three, two] });
    assert.deepEqual(await of(one).ask(1), { kind: "place" });
    await of(one).leave();
    assert.deepEqual(await of(two).ask(1), { kind: "wait", behind: [three] });
    assert.deepEqual(await of(three).ask(1), { kind: "place" });
    assert.deepEqual(await of(two).ask(1), { kind: "wait", behind: [three] });
  });

  it("are free again when the lock of whoever had one is", async () => {
    const [one, two, three] = ids;
    await of(one).ask(1);
    await of(two).ask(1);
    await writers.get(one)?.close();
    await writers.get(two)?.close();
    assert.deepEqual(await of(three).ask(1), { kind: "place" });
    assert.deepEqual(readdirSync(join(folder, ".places")).sort(), [three, "lock"]);
  });

  it("are never more than there are, asked for by all in the same moment", async () => {
    const asked = await Promise.all(ids.map((id) => of(id).ask(2)));
    assert.equal(asked.filter(({ kind }) => kind === "place").length, 2);
  });

  it("count what cannot be read as taken", async () => {
    const [one, two] = ids;
    await of(one).ask(1);
    writeFileSync(join(folder, ".places", one), "torn");
    assert.deepEqual(await of(two).ask(1), { kind: "wait", behind: [one] });
  });
});
