// The inbox: every command arrives whole, in order, and whatever cannot be read is handed on as such.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../src/core/command.js";
import { ADA, ID, SPEC, errorOf, inHome } from "./sample.js";
import type { Home } from "./sample.js";

const steer = (text: string): Command => ({ kind: "steer", text, by: ADA });

/** What the inbox hands out for a file of this name and content. */
function check(name: string, content: string, expected: { kind: string; problem?: RegExp } | undefined): Promise<void> {
  return inHome(async (home) => {
    writeFileSync(join(home.files.inbox, name), content);
    const [item, ...others] = await items(home);
    assert.deepEqual(others, []);
    assert.equal(item?.kind, expected?.kind);
    if (expected?.problem !== undefined) assert.match(item?.kind === "unreadable" ? item.problem : "", expected.problem);
  });
}

async function items(home: Home) {
  const writer = await home.writer();
  try {
    return await writer.inbox();
  } finally {
    await writer.close();
  }
}

describe("the inbox", () => {
  it("hands out what was posted, in the order of posting, until it is consumed", () =>
    inHome(async (home) => {
      const log = home.store.open(ID);
      const ids = [await log.post({ kind: "start", spec: SPEC })];
      for (let n = 1; n <= 30; n++) ids.push(await log.post(steer(`text ${n}`)));
      const writer = await home.writer();
      const posted = await writer.inbox();
      assert.deepEqual(posted.map(({ id }) => id), ids);
      assert.deepEqual(posted[30], { id: ids[30], kind: "posted", body: steer("text 30") });
      for (const id of ids.slice(0, 30)) await writer.consume(id);
      await writer.consume(ids[0]!);
      assert.deepEqual((await writer.inbox()).map(({ id }) => id), ids.slice(30));
      await writer.close();
    }));

  it("keeps the order of one poster even if many are under way at once, from any of the store's views of the run", () =>
    inHome(async (home) => {
      const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => home.store.open(ID).post(steer(`text ${n}`))));
      assert.deepEqual((await items(home)).map((item) => [item.id, item.kind === "posted" && item.body.kind === "steer" && item.body.text]), ids.map((id, n) => [id, `text ${n}`]));
    }));

  it("tells its watcher of each change until disposed", () =>
    inHome(async (home) => {
      const log = home.store.open(ID);
      const writer = await home.writer();
      const seen: number[] = [];
      let wake = (): void => undefined;
      const watching = writer.watchInbox(() => wake());
      for (let n = 1; n <= 5; n++) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        await log.post(steer(`text ${n}`));
        await woken;
        seen.push((await writer.inbox()).length);
      }
      watching.dispose();
      await writer.close();
      assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    }));

  it("leaves out what is still being written", () => check(".new-x", "{}", undefined));
  it("leaves out another program's temporary files", () => check("x.json.tmp", "{}", undefined));
  it("takes a command that another program put there", () => check("x.json", JSON.stringify(steer("hello")), { kind: "posted" }));
  it("hands out a cut file as unreadable", () => check("x.json", '{"kind":"pau', { kind: "unreadable", problem: /^it is not JSON/ }));
  it("hands out a command of an unknown kind as unreadable", () => check("x.json", '{"kind":"dance"}', { kind: "unreadable", problem: /^it is not a command that this Vigil knows \(kind "dance"/ }));
  it("hands out a command that lacks its sender as unreadable", () => check("x.json", '{"kind":"pause"}', { kind: "unreadable", problem: /kind "pause"/ }));
  it("hands out a file without an ending", () => check("x", "hello", { kind: "unreadable", problem: /^it is not JSON/ }));
  it("hands out a file over 1 MiB as unreadable, without reading it", () => check("x.json", JSON.stringify(steer("x".repeat(1024 * 1024))), { kind: "unreadable", problem: /^it is larger than 1048576 bytes$/ }));

  it("hands out links and folders as unreadable, and consumes them", () =>
    inHome(async (home) => {
      symlinkSync("/etc/hostname", join(home.files.inbox, "a.json"));
      mkdirSync(join(home.files.inbox, "b.json", "deep"), { recursive: true });
      const writer = await home.writer();
      const found = await writer.inbox();
      assert.deepEqual(found.map((item) => [item.id, item.kind === "unreadable" && item.problem]), [["a", "it is not a file"], ["b", "it is not a file"]]);
      for (const { id } of found) await writer.consume(id);
      await writer.close();
      assert.deepEqual(readdirSync(home.files.inbox), []);
    }));

  it("shows only the beginning of what it cannot read", () =>
    inHome(async (home) => {
      writeFileSync(join(home.files.inbox, "x.json"), "?".repeat(100_000));
      const [item] = await items(home);
      assert.equal(item?.kind === "unreadable" && item.raw.length, 2_000);
    }));

  it("does not take a command that a run could not read", () =>
    inHome(async (home) => {
      const log = home.store.open(ID);
      assert.match((await errorOf(() => log.post(steer("x".repeat(1024 * 1024))))).message, /^This command is too long for a run to take/);
      await errorOf(() => log.post(steer("")));
      assert.match((await errorOf(() => home.store.open("20200101-000000-zzzzzz").post(steer("a")))).message, /^There is no run/);
      assert.deepEqual(readdirSync(home.files.inbox), []);
    }));

  it("consumes only what lies in it", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      for (const id of ["../log.jsonl", "", ".", ".."]) await errorOf(() => writer.consume(id));
      await writer.close();
    }));
});
