// The border between two workshops: nothing of one lives on while the supervisor looks at the worktree, or beside the next.
import assert from "node:assert/strict";
import { Shop, type Tree } from "../../src/runner/shop.js";
import type { Workshop } from "../../src/sandbox/workshop.js";

/** Workshops that take a moment to die, as real ones do. */
function street(): { readonly shop: Shop; readonly alive: Set<string>; readonly began: string[] } {
  const alive = new Set<string>();
  const began: string[] = [];
  const start = (tree: Tree): Promise<Workshop> => {
    const name = `${tree} ${String(began.length + 1)}`;
    began.push(`${name} beside ${String(alive.size)}`);
    alive.add(name);
    return Promise.resolve({
      call: () => Promise.resolve({ kind: "lost" as const, why: "not played" }),
      farewell: () => Promise.resolve({ carried: { cwd: "/", env: {} }, processes: ["sleep 100"] }),
      kill: async () => {
        await new Promise((done) => setTimeout(done, 20));
        alive.delete(name);
      },
      contacts: () => Promise.resolve([]),
      exited: Promise.resolve(),
    });
  };
  return { shop: new Shop({ start, sweep: () => Promise.resolve({ paths: [], total: 0 }) }), alive, began };
}

describe("the border between workshops", () => {
  it("has killed the workshop when closing resolves, and says what had still run in it", async () => {
    const { shop, alive } = street();
    shop.open("write");
    await shop.contacts();
    assert.equal(alive.size, 1);
    assert.deepEqual(await shop.close(), ["sleep 100"]);
    assert.equal(alive.size, 0);
  });

  it("never starts a workshop beside another", async () => {
    const { shop, began } = street();
    for (const tree of ["write", "layer", "write"] as const) {
      shop.open(tree);
      await shop.contacts();
    }
    await shop.shut("the end");
    assert.deepEqual(began, ["write 1 beside 0", "layer 2 beside 0", "write 3 beside 0"]);
  });
});
