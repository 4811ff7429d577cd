// A writer that is killed at any moment has lost nothing that it had been told was durable.
import assert from "node:assert/strict";
import { nextLine, program, start } from "./child.js";
import type { Child } from "./child.js";
import { ID, collect, inHome } from "./sample.js";

/** Kills the process once it acknowledged so many appends; returns the last number that it acknowledged at all. */
async function killAfter(child: Child, appends: number): Promise<number> {
  let last = 0;
  for (let n = 0; n < appends; n++) last = Number(await nextLine(child));
  child.process.kill("SIGKILL");
  for (let next = await child.lines.next(); next.done !== true; next = await child.lines.next()) last = Number(next.value);
  return last;
}

describe("a killed writer", () => {
  it("leaves everything that it acknowledged, 20 times over, and the next one goes on from there", () =>
    inHome(async (home) => {
      const command = [...program("appender"), home.runs, ID];
      for (let kill = 0; kill < 20; kill++) {
        const child = start(command);
        const before = Number((await nextLine(child)).replace("open ", ""));
        const acknowledged = await killAfter(child, 1 + ((kill * 37) % 80));
        assert.equal((await child.ended).signal, "SIGKILL");
        const writer = await home.writer();
        assert.ok(acknowledged > before);
        assert.ok(writer.events.length >= acknowledged, `${acknowledged} were acknowledged, ${writer.events.length} are there`);
        assert.deepEqual(writer.events.map(({ seq }) => seq), writer.events.map((_, index) => index + 1));
        await writer.close();
        assert.deepEqual(await collect(home.store.open(ID).read()), writer.events);
      }
      assert.deepEqual(await home.store.open(ID).verify(), []);
    })).timeout(120_000);
});
