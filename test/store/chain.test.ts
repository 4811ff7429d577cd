// The log's chain: what is written can be checked by anyone, replayed exactly, and not changed unnoticed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import type { RunEvent } from "../../src/core/log/event.js";
import { encodeHead } from "../../src/store/head.js";
import { ID, collect, collectUntilError, errorOf, filled, inHome, note, sampleEvents, started } from "./sample.js";

/** Lines as another program would write them: the stated hash rule, and nothing of the store's own code. */
function foreignLog(bodies: readonly (readonly [kind: string, rest: object])[]): { log: string; head: Buffer } {
  let prev = "0".repeat(64);
  let log = "";
  for (const [index, [kind, rest]] of bodies.entries()) {
    const body = JSON.stringify({ seq: index + 1, at: 5, prev, kind, ...rest });
    const hash = createHash("sha256").update(prev + body).digest("hex");
    log += `${body.slice(0, -1)},"hash":"${hash}"}\n`;
    prev = hash;
  }
  return { log, head: encodeHead({ seq: bodies.length, bytes: Buffer.byteLength(log), hash: prev }) };
}

describe("the chain", () => {
  it("hands out on every later reading what the append handed out", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(40));
      assert.deepEqual(await collect(home.store.open(ID).read()), logged);
      assert.deepEqual(await collect(home.store.open(ID).read(38)), logged.slice(37));
      assert.deepEqual(await collect(home.store.open(ID).read(41)), []);
      const writer = await home.writer();
      assert.deepEqual([writer.events, writer.repaired], [logged, undefined]);
      await writer.close();
    }));

  it("keeps any text whatever, in appends of any size", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }), { maxLength: 6 }), (appends) =>
        inHome(async (home) => {
          const writer = await home.writer();
          const logged = [];
          for (const texts of appends) logged.push(...(await writer.append(...texts.map((text): RunEvent => ({ kind: "run.paused", why: text })))));
          await writer.close();
          assert.deepEqual(await collect(home.store.open(ID).read()), logged);
          // Half a surrogate pair has no bytes of its own in UTF-8, but JSON has a way to write it.
          assert.deepEqual(logged.map((event) => event.kind === "run.paused" && event.why), appends.flat());
          assert.deepEqual(await home.store.open(ID).verify(), []);
        }),
      ),
      { numRuns: 25 },
    ));

  it("can be checked by anyone who knows the rule: SHA-256 over the line before's hash and the line without its own", () =>
    inHome(async (home) => {
      await filled(home, sampleEvents(12));
      let prev = "0".repeat(64);
      for (const line of readFileSync(home.files.log, "utf8").trimEnd().split("\n")) {
        const { hash } = JSON.parse(line) as { hash: string };
        assert.equal(hash, createHash("sha256").update(prev + line.replace(`,"hash":"${hash}"`, "")).digest("hex"));
        prev = hash;
      }
      assert.match(readFileSync(home.files.head, "utf8"), new RegExp(`^vigil-head 1 seq=0{14}12 bytes=\\d{16} hash=${prev} check=[0-9a-f]{16}\\n$`));
    }));

  it("numbers events from one, dates them by the clock it was given, and notes how many of an append follow", () =>
    inHome(async (home) => {
      let now = 100;
      const writer = await home.writer(() => now++);
      const logged = [...(await writer.append(note(1))), ...(await writer.append(note(2), note(3))), ...(await writer.append())];
      await writer.close();
      const first = logged[0]!.at;
      assert.deepEqual(logged.map(({ seq, at }) => [seq, at]), [[1, first], [2, first + 1], [3, first + 1]]);
      const lines = readFileSync(home.files.log, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as { more?: number });
      assert.deepEqual(lines.map(({ more }) => more), [undefined, 1, undefined]);
    }));

  it("does not let an event in that could not be read back, and stays usable", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      await errorOf(() => writer.append(note(1), { kind: "turn.requested", turn: Number.NaN, model: "m", maxTokens: 1 }));
      await errorOf(() => writer.append({ kind: "run.paused", why: "x".repeat(17 * 1024 * 1024) }));
      await writer.append(note(2));
      await writer.close();
      assert.deepEqual((await collect(home.store.open(ID).read())).map((event) => event.kind === "note.added" && event.text), ["note 2"]);
    }));

  it("reads a log that another program wrote by the rule", () =>
    inHome(async (home) => {
      const { log, head } = foreignLog([["note.added", { text: "a", laterField: [1, 2] }]]);
      writeFileSync(home.files.log, log);
      writeFileSync(home.files.head, head);
      assert.deepEqual(await collect(home.store.open(ID).read()), [{ kind: "note.added", text: "a", seq: 1, at: 5 }]);
    }));

  it("says that a newer Vigil wrote an event of unknown kind, which one, and hands out what came before", () =>
    inHome(async (home) => {
      const { kind, ...rest } = started("7.8.9");
      const { log, head } = foreignLog([[kind, rest], ["note.added", { text: "a" }], ["moon.risen", { phase: "full" }]]);
      writeFileSync(home.files.log, log);
      writeFileSync(home.files.head, head);
      const { items, error } = await collectUntilError(home.store.open(ID).read(2));
      const sentence = `The log of run ${ID} was written by a newer Vigil (7.8.9): it holds an event of the unknown kind "moon.risen" (event 3). Update Vigil to open this run; nothing in it was changed.`;
      assert.deepEqual([items.map(({ seq }) => seq), error?.message], [[2], sentence]);
      assert.equal((await errorOf(() => home.writer())).message, sentence);
      assert.equal((await errorOf(() => home.store.open(ID).verify())).message, sentence);
    }));

  it("says that a newer Vigil wrote a format that it does not know", () =>
    inHome(async (home) => {
      await filled(home, [started("9.0.0", 2)]);
      assert.match((await errorOf(() => collect(home.store.open(ID).read()))).message, /written by a newer Vigil \(9\.0\.0\): it holds the log format 2/);
    }));

  it("names an event whose chain holds but whose content does not", () =>
    inHome(async (home) => {
      const { log, head } = foreignLog([["note.added", { text: "a" }], ["note.added", { text: 7 }]]);
      writeFileSync(home.files.log, log);
      writeFileSync(home.files.head, head);
      assert.match((await errorOf(() => collect(home.store.open(ID).read()))).message, /damaged after event 1: event 2 is not a valid note\.added: text:/);
    }));
});
