// `verify` names everything that is wrong, not only the first thing, and calls nothing wrong that is not.
import assert from "node:assert/strict";
import { cpSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ID, errorOf, filled, inHome, note, sampleEvents } from "./sample.js";
import type { Home } from "./sample.js";
import type { Damage } from "../../src/store/store.js";
import { eventSchema } from "../../src/core/log/event.js";
import { encodeHead } from "../../src/store/head.js";
import { namedBlobs } from "../../src/store/named-blobs.js";

/** Verifies a log of nine events after its lines were tampered with; the head stays as it was. */
function check(tamper: (lines: string[]) => readonly string[], expected: readonly Damage[]): Promise<void> {
  return inHome(async (home) => {
    await filled(home, sampleEvents(9));
    const lines = readFileSync(home.files.log, "utf8").trimEnd().split("\n");
    writeFileSync(home.files.log, tamper(lines).map((line) => `${line}\n`).join(""));
    assert.deepEqual(await home.store.open(ID).verify(), expected);
  });
}

const changed = (line: string): string => line.replace(/"kind"/, '"Kind"');
const reworded = (line: string): string => line.replace(/a-model|npm|note|unreadable|half/, "other");

describe("verify", () => {
  it("finds nothing wrong with a whole log", () => check((lines) => lines, []));

  it("finds nothing wrong with a run that has not begun, with waiting commands, or with a writer at work", () =>
    inHome(async (home) => {
      await home.store.open(ID).post({ kind: "pause", by: { name: "Ada", email: "ada@team.example" } });
      writeFileSync(join(home.files.inbox, "junk.json"), "{");
      assert.deepEqual(await home.store.open(ID).verify(), []);
      const writer = await home.writer();
      await writer.append(note(1));
      assert.deepEqual(await home.store.open(ID).verify(), []);
      await writer.close();
    }));

  it("names each of several changed events and goes on between them", () =>
    check(
      (lines) => lines.map((line, i) => (i === 3 || i === 6 ? reworded(line) : line)),
      [3, 6].map((seq) => ({ seq, problem: `event ${seq + 1} was changed after it was written: its hash does not match` })),
    ));

  it("names a line that is no log line", () =>
    check(
      (lines) => lines.map((line, i) => (i === 4 ? changed(line) : line)),
      [
        { seq: 4, problem: "the line where event 5 should be is not a log line" },
        { seq: 5, problem: "event 6 does not follow from event 5: it names another predecessor" },
      ],
    ));

  it("names a gap", () => check((lines) => lines.filter((_, i) => i !== 4 && i !== 5), [{ seq: 4, problem: "events 5 to 6 are missing" }]));

  it("names an event that stands there twice", () =>
    check(
      (lines) => lines.flatMap((line, i) => (i === 4 ? [line, line] : [line])),
      [{ seq: 5, problem: "event 5 stands where event 6 should be" }],
    ));

  it("names events that were cut off the end", () =>
    check((lines) => lines.slice(0, 6), [{ seq: 6, problem: "the log is cut or its head was changed: events 7 to 9 are missing from its end" }]));

  it("names bytes after the durable end that no start has set aside yet", () =>
    check((lines) => [...lines, "junk"], [{ seq: 9, problem: "5 bytes after event 9 are not part of the record; the next start of the run sets them aside" }]));

  it("names a head that was set back, which no crash does by more than one append, and not one that a crash left", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      const heads: Buffer[] = [];
      for (const n of [1, 2, 3]) {
        await writer.append(note(n));
        heads.push(readFileSync(home.files.head));
      }
      await writer.close();
      writeFileSync(home.files.head, heads[0]!);
      assert.deepEqual(await home.store.open(ID).verify(), [{ seq: 1, problem: "its head was set back: it names event 1, and the log goes on soundly to event 3; the next start of the run takes those events up again" }]);
      writeFileSync(home.files.head, heads[1]!);
      assert.deepEqual(await home.store.open(ID).verify(), []);
    }));

  it("names a log that ends within an append, whatever its head says", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      await writer.append(note(1), note(2), note(3));
      await writer.close();
      const [first = "", second = ""] = readFileSync(home.files.log, "utf8").split("\n");
      const { hash } = JSON.parse(second) as { hash: string };
      writeFileSync(home.files.log, `${first}\n${second}\n`);
      writeFileSync(home.files.head, encodeHead({ seq: 2, bytes: Buffer.byteLength(`${first}\n${second}\n`), hash }));
      assert.deepEqual(await home.store.open(ID).verify(), [{ seq: 2, problem: "the log ends in the middle of what was written at once: one event that belongs to event 2 is missing" }]);
    }));

  it("names a log that is another run's", () =>
    inHome(async (home) => {
      await filled(home, sampleEvents(3));
      const other = "20261122-130502-a1b2c3";
      cpSync(home.files.folder, join(home.runs, other), { recursive: true });
      assert.deepEqual(await home.store.open(other).verify(), [{ seq: 0, problem: `this is the log of another run, ${ID}` }]);
    }));

  it("names an unreadable head, and still looks through the log", () =>
    inHome(async (home) => {
      await filled(home, sampleEvents(9));
      writeFileSync(home.files.head, "nothing");
      writeFileSync(home.files.log, reworded(readFileSync(home.files.log, "utf8")));
      const [first, second, ...rest] = await home.store.open(ID).verify();
      assert.deepEqual([first?.problem, rest], ["its head file is not readable, so nobody can tell where the log ended", []]);
      assert.match(second?.problem ?? "", /was changed after it was written/);
    }));

  it("names blobs that are missing or altered, and the events that name them", () =>
    inHome(async (home) => {
      const ids = await namingBlobs(home, ["one", "two", "three"]);
      unlinkSync(join(home.files.blobs, ids[0]!));
      writeFileSync(join(home.files.blobs, ids[2]!), "shorter than its salt");
      assert.deepEqual(await home.store.open(ID).verify(), [
        { seq: 1, problem: `blob ${ids[0]!}, which event 1 names, is missing` },
        { seq: 3, problem: `blob ${ids[2]!}, which event 3 names, was altered` },
      ]);
    }));

  it("knows every place where an event can name a blob", () => {
    const blob = "b".repeat(64);
    const kinds = ["message.added", "conversation.restarted", "conversation.trimmed", "turn.received", "step.finished", "violation.found", "setup.finished", "check.finished", "finish.claimed", "gate.raised"];
    // Whatever the shape: a value for each key that is a blob's in one of them.
    const any = { text: blob, brief: blob, reply: blob, result: blob, patch: blob, output: blob, summary: blob, shown: blob };
    const naming = eventSchema.options.map((option) => option.shape.kind.value).filter((kind) => namedBlobs({ kind, ...any } as never).length === 1);
    assert.deepEqual(naming.sort(), kinds.sort());
  });

  it("says that there is no such run", () =>
    inHome(async (home) => {
      assert.match((await errorOf(() => home.store.open("20200101-000000-zzzzzz").verify())).message, /^There is no run "20200101-000000-zzzzzz" in this repository\./);
    }));
});

async function namingBlobs(home: Home, texts: readonly string[]): Promise<readonly string[]> {
  const writer = await home.writer();
  const ids = await Promise.all(texts.map((text) => writer.log.blobs.put(text)));
  for (const id of ids) await writer.append({ kind: "message.added", from: "person", text: id });
  await writer.close();
  assert.deepEqual(readdirSync(home.files.blobs).sort(), [...ids].sort());
  return ids;
}
