// A run whose conversation is trimmed again and again, and whose runner is killed in between: what a person said is in every
// later request, no request is refused, and the prompt stays small.
import assert from "node:assert/strict";
import { all, begun, happens, workerOf } from "./begun.js";
import { killProcess, Lab, ran } from "./lab.js";
import { bash, finish } from "./scripts.js";

const WORDS = "Write heliotrope wherever a colour is asked for.";

describe("trims of a long run", function () {
  this.timeout(240_000);
  const lab = new Lab();
  after(() => lab.close());

  it("keep a person's words in force, past a kill, in prompts that stay small", async () => {
    let asked = 0;
    let over = false;
    const model = await lab.serve({
      turns: [],
      // By its own count: the conversation holds fewer replies after a trim.
      choose: () => ({ blocks: [over ? finish() : bash(`echo step ${String(++asked)} && seq ${String(asked)}00000 ${String(asked)}00500`)], slowMs: 5 }),
    });
    const { id, said } = await begun(lab, "gated-write");
    await happens(lab, id, "step.finished");
    assert.equal((await lab.vigil("steer", id, WORDS)).code, 0);
    const heard = await happens(lab, id, "message.added", (event) => event.from === "person");
    const trims = (): number => all(lab, id, "conversation.trimmed").filter((event) => event.brief !== undefined).length;
    const trimmed = async (count: number): Promise<void> => {
      await lab.event(id, (event) => event.kind === "conversation.trimmed" && event.brief !== undefined && trims() >= count);
    };
    await trimmed(2);
    killProcess(await workerOf(lab, id));
    await said;
    const before = trims();
    const resumed = lab.json(ran, "resume", id);
    await trimmed(before + 2);
    over = true;
    assert.equal((await resumed).state, "ready", lab.complaints(id));
    assert.deepEqual(model.requests.flatMap((request) => request.problem ?? []), []);
    const first = all(lab, id, "turn.requested").filter((event) => event.seq < heard.seq).length;
    // One more may have been under way while the words were written down.
    const later = model.requests.slice(first + 1).map((request) => JSON.stringify(request.body));
    assert.deepEqual([later.length > 20, later.filter((body) => !body.includes(WORDS)).length], [true, 0]);
    assert.equal(Math.max(...model.requests.map((request) => JSON.stringify(request.body).length)) < 160_000, true);
    assert.equal(all(lab, id, "conversation.restarted").length, 0);
    assert.equal((await lab.vigil("verify", id)).code, 0);
    const shown = await lab.vigil("show", id);
    assert.match(shown.stdout.replaceAll(/\s+/g, " "), /\d+ % of [\d,]+ tokens sent came from the cache/);
  });
});
