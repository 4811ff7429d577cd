// Reading a run while its runner ends: what is read must never be a state that the run was not in.
import assert from "node:assert/strict";
import { readRun } from "../../src/client/read-run.js";
import type { Store } from "../../src/store/store.js";
import { ID, inHome, started } from "../store/sample.js";

describe("a run that ends while it is read", () => {
  it("has ended, and is not taken for interrupted", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      await writer.append(started());
      // The real store, with the runner's last moment put between the reading of the log and the question for its lock.
      const store: Store = {
        ...home.store,
        open: (id) => {
          const log = home.store.open(id);
          return {
            ...log,
            holder: async () => {
              await writer.append({ kind: "run.ended", outcome: "stopped", why: "Ada stopped the run", cost: { kind: "known", usd: 0 } });
              await writer.close();
              return log.holder();
            },
          };
        },
      };
      const view = await readRun(store, ID);
      assert.deepEqual({ state: view?.state, holder: view?.holder }, { state: "stopped", holder: undefined });
    }));
});
