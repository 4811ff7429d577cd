// The store's folder of runs: made whole, listed newest first, removed in one step; and the folder of a person's own data.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "../../src/store/data-folder.js";
import { fileStore } from "../../src/store/file-store.js";
import { ID, collect, errorOf, filled, inHome, note } from "./sample.js";

describe("the store", () => {
  it("lists runs newest first and leaves out whatever else lies there", () =>
    inHome(async (home) => {
      for (const id of ["20261123-000000-000000", "20250101-235959-zz9zz9", "20261122-130501-b00000"]) await home.store.create(id);
      for (const folder of ["notes", ".new-left", ".removed-x", "20261122"]) mkdirSync(join(home.runs, folder));
      writeFileSync(join(home.runs, "20261122-130501-file00"), "");
      assert.deepEqual(await home.store.list(), ["20261123-000000-000000", "20261122-130501-b00000", ID, "20250101-235959-zz9zz9"]);
      assert.deepEqual(await fileStore(join(home.runs, "elsewhere")).list(), []);
    }));

  it("makes a run with all its files, once, for this user's eyes only", () =>
    inHome(async (home) => {
      assert.deepEqual(readdirSync(home.runs), [ID]);
      assert.deepEqual(readdirSync(home.files.folder).sort(), ["blobs", "head", "inbox", "lock", "log.jsonl"]);
      assert.equal(statSync(home.files.folder).mode & 0o777, 0o700);
      const blob = await home.store.open(ID).blobs.put("words");
      const files = [home.files.log, home.files.head, home.files.lock, join(home.files.blobs, blob)];
      assert.deepEqual(files.map((file) => statSync(file).mode & 0o777), [0o600, 0o600, 0o600, 0o600]);
      assert.deepEqual(await collect(home.store.open(ID).read()), []);
      assert.match((await errorOf(() => home.store.create(ID))).message, /^There is a run "\S+" already/);
      const both = await Promise.allSettled([home.store.create("20270101-000000-a"), home.store.create("20270101-000000-a")]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      assert.deepEqual(readdirSync(home.runs).sort(), [ID, "20270101-000000-a"]);
    }));

  it("knows which runs there are, and follows no name out of its folder", () =>
    inHome(async (home) => {
      const elsewhere = ["20200101-000000-zzzzzz", "../runs", `../runs/${ID}`, "", "."];
      assert.deepEqual(await Promise.all([ID, ...elsewhere].map((id) => home.store.exists(id))), [true, false, false, false, false, false]);
      for (const id of elsewhere) assert.match((await errorOf(() => collect(home.store.open(id).read()))).message, /^There is no run/);
      for (const id of elsewhere) assert.match((await errorOf(() => home.store.remove(id, true))).message, /^There is no run/);
    }));

  it("frees a run's bulk and keeps its record, or removes all of it", () =>
    inHome(async (home) => {
      const logged = await filled(home, [note(1)]);
      mkdirSync(join(home.files.git, "objects"), { recursive: true });
      await home.store.remove(ID, false);
      assert.deepEqual([existsSync(home.files.git), await collect(home.store.open(ID).read())], [false, logged]);
      await home.store.remove(ID, true);
      assert.deepEqual([readdirSync(home.runs), await home.store.list()], [[], []]);
    }));

  it("does not remove a run that somebody works on", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      assert.match((await errorOf(() => home.store.remove(ID, true))).message, new RegExp(`^Run ${ID} is being worked on \\(process ${process.pid} on .*Stop it first: vigil stop ${ID}$`));
      await writer.close();
      assert.deepEqual(await home.store.list(), [ID]);
    }));

  it("lets go of a run that it could not open", () =>
    inHome(async (home) => {
      writeFileSync(home.files.head, "");
      await errorOf(() => home.writer());
      assert.equal(await home.store.open(ID).holder(), undefined);
    }));
});

describe("the data folder", () => {
  const check = (env: Record<string, string>, platform: NodeJS.Platform, home: string, expected: string): void => assert.equal(dataFolder(env, platform, home), expected);

  it("is XDG_DATA_HOME's where that is set", () => check({ XDG_DATA_HOME: "/data" }, "linux", "/home/ada", "/data/vigil"));
  it("is below the home folder otherwise", () => check({}, "linux", "/home/ada", "/home/ada/.local/share/vigil"));
  it("does not go by a relative XDG_DATA_HOME", () => check({ XDG_DATA_HOME: "data" }, "linux", "/home/ada", "/home/ada/.local/share/vigil"));
  it("is in Application Support on macOS", () => check({}, "darwin", "/Users/ada", "/Users/ada/Library/Application Support/vigil"));
  it("is in the local application data on Windows", () => check({ LOCALAPPDATA: "D:\\Local" }, "win32", "C:\\Users\\ada", "D:\\Local\\vigil"));
  it("is found on Windows without its variable too", () => check({}, "win32", "C:\\Users\\ada", "C:\\Users\\ada\\AppData\\Local\\vigil"));
});
