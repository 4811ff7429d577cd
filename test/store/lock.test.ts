// One writer at a time, whatever happens to it, and a question never stands in a writer's way.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileStore } from "../../src/store/file-store.js";
import { nextLine, program, start } from "./child.js";
import { ID, errorOf, inHome } from "./sample.js";

describe("the lock", () => {
  it("is had by exactly one of two that open the run at once", () =>
    inHome(async (home) => {
      for (let round = 0; round < 40; round++) {
        const opened = await Promise.all([home.store.write(ID, () => 1), fileStore(home.runs).write(ID, () => 1)]);
        assert.deepEqual(opened.map(({ kind }) => kind).sort(), ["held", "writer"]);
        for (const one of opened) if (one.kind === "writer") await one.writer.close();
      }
    })).timeout(30_000);

  it("is had by exactly one of three processes", () =>
    inHome(async (home) => {
      const children = [1, 2, 3].map(() => start([...program("appender"), home.runs, ID]));
      const said = await Promise.all(children.map(nextLine));
      for (const child of children) child.process.kill("SIGKILL");
      await Promise.all(children.map(({ ended }) => ended));
      assert.deepEqual([...said].sort(), ["held", "held", "open 0"]);
    })).timeout(30_000);

  it("names its holder while there is one, and nobody after it was let go or killed", () =>
    inHome(async (home) => {
      const log = home.store.open(ID);
      assert.equal(await log.holder(), undefined);
      const writer = await home.writer(() => 123);
      assert.deepEqual({ ...(await log.holder()), boot: "" }, { pid: process.pid, host: hostname(), boot: "", started: 123 });
      const second = await home.store.write(ID, () => 1);
      assert.deepEqual([second.kind, second.kind === "held" && second.by?.pid], ["held", process.pid]);
      await writer.close();
      await writer.close();
      assert.equal(await log.holder(), undefined);
      const child = start([...program("appender"), home.runs, ID]);
      await nextLine(child);
      assert.equal((await log.holder())?.pid, child.process.pid);
      child.process.kill("SIGKILL");
      await child.ended;
      assert.equal(await log.holder(), undefined);
    })).timeout(10_000);

  it("is taken soon by a writer among others who do nothing but ask", () =>
    inHome(async (home) => {
      let asking = true;
      const askers = [1, 2].map(async () => {
        while (asking) await home.store.open(ID).holder();
      });
      try {
        for (let round = 0; round < 10; round++) await (await home.writer()).close();
      } finally {
        asking = false;
        await Promise.all(askers);
      }
    })).timeout(60_000);

  it("is not inherited by the holder's children", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
      try {
        await once(child, "spawn");
        await writer.close();
        assert.equal(await home.store.open(ID).holder(), undefined);
        await (await home.writer()).close();
      } finally {
        child.stdin.end();
        await once(child, "close");
      }
    }));

  it("is a fact of the kernel: nobody's name in the file holds it, and no name does not open it", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      const name = readFileSync(home.files.lock);
      writeFileSync(home.files.lock, "");
      assert.deepEqual(await home.store.open(ID).holder(), { pid: 0, host: "", boot: "", started: 0 });
      assert.equal((await home.store.write(ID, () => 1)).kind, "held");
      await writer.close();
      writeFileSync(home.files.lock, name);
      assert.equal(await home.store.open(ID).holder(), undefined);
      unlinkSync(home.files.lock);
      assert.equal(await home.store.open(ID).holder(), undefined);
      await (await home.writer()).close();
    }));

  it("is not had on a run that was removed meanwhile", () =>
    inHome(async (home) => {
      await home.store.remove(ID, true);
      assert.match((await errorOf(() => home.writer())).message, /^There is no run/);
    }));

  it("is on the file that is there, not on one that was taken away between opening and locking", () =>
    inHome(async (home) => {
      const path = dirname(home.runs);
      // The first time it is asked, the run's lock file is replaced before the lock is given.
      writeFileSync(join(path, "flock"), `#!/bin/sh\nif [ ! -e ${path}/asked ]; then : > ${path}/asked; : > ${path}/other; /bin/mv ${path}/other ${home.files.lock}; fi\nexit 0\n`);
      chmodSync(join(path, "flock"), 0o755);
      const child = start([...program("appender"), home.runs, ID], { env: { ...process.env, PATH: path } });
      assert.equal(await nextLine(child), "open 0");
      assert.match(readFileSync(home.files.lock, "utf8"), new RegExp(`"pid":${String(child.process.pid)}`));
      child.process.kill("SIGKILL");
      await child.ended;
    })).timeout(30_000);

  /** Opens the run in a process that finds only this `flock` on its PATH, or none. */
  const openWith = (flock: string | undefined, expected: RegExp): Promise<void> =>
    inHome(async (home) => {
      const path = dirname(home.runs);
      if (flock !== undefined) {
        writeFileSync(join(path, "flock"), flock);
        chmodSync(join(path, "flock"), 0o755);
      }
      const child = start([...program("appender"), home.runs, ID], { env: { ...process.env, PATH: path } });
      const { code, errors } = await child.ended;
      rmSync(join(path, "flock"), { force: true });
      assert.equal(code, 1);
      assert.match(errors, expected);
    });

  it("says what to install where there is no flock", () => openWith(undefined, /Runs cannot be locked here: the program "flock" is missing.*Install util-linux/));

  it("refuses runs where the file system refuses locks, and says why", () =>
    openWith("#!/bin/sh\necho 'flock: 3: No locks available' >&2\nexit 71\n", /The file system that holds \S+lock refuses locks \(flock: 3: No locks available\).*Keep the repository on a local disk/));
});
