// The long night, whole: a thousand calls, six goals of which two cannot be reached, three kills of the runner, six hours in
// which the service is away, and a conversation that is trimmed on the way. Real processes, sandbox and git; the model's words
// are scripted, and waits of an hour pass at once.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CheckedRequest } from "../../../src/agent/scripted/check-request.js";
import { replay } from "../../../src/core/run/replay.js";
import { all, begun } from "../begun.js";
import { diffed, Lab, POLICY, ran } from "../lab.js";
import { ATTEMPTS, FAILING, LOOPING, night, POSSIBLE } from "./program.js";

const clock = join(dirname(fileURLToPath(import.meta.url)), "clock.js");
const USD = 40;
const WORDS = ["Leave the public names as they are: CANARY-ONE", "Use tabs in the printer: CANARY-TWO"] as const;

describe("a night of a thousand steps", function () {
  this.timeout(20 * 60_000);
  let lab: Lab;
  afterEach(() => lab.close());

  it("ends with what could be done landed, what could not given up with its reasons, and nothing forgotten", async () => {
    lab = new Lab({ ...POLICY, "vigil.policy.limits.usd": USD, "vigil.policy.abandon.attempts": ATTEMPTS, "vigil.model.name": "claude-haiku-4-5" }, { "README.md": "# Night\n", "test/all.js": "", ".gitignore": "build/\n" });
    lab.write({ "../config/vigil/settings.json": JSON.stringify({ "vigil.model.name": "claude-haiku-4-5" }) });
    lab.env = { NODE_OPTIONS: `--import ${clock}` };
    const forgotten: string[] = [];
    let words = 0;
    const heard = (request: CheckedRequest): void => {
      const text = JSON.stringify(request);
      for (const word of WORDS.slice(0, words)) if (!text.includes(word)) forgotten.push(`a request of ${String(request.messages.length)} messages lacks "${word}"`);
    };
    const { script, calls } = night(90, heard);
    const model = await lab.serve(script);
    const { id, said } = await begun(lab, "autonomous-with-summary", "Build six things");

    const steps = (): number => all(lab, id, "step.finished").length;
    const after = async (n: number): Promise<void> => {
      while (steps() < n) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const steer = async (word: string): Promise<void> => {
      assert.equal((await lab.vigil("steer", id, word)).code, 0);
      const at = all(lab, id, "turn.requested").length;
      await lab.event(id, (event) => event.kind === "turn.requested" && event.turn > at);
      words += 1;
    };
    let following = said;
    const kill = async (n: number): Promise<void> => {
      await after(n);
      process.kill(all(lab, id, "runner.started").at(-1)?.pid ?? 0, "SIGKILL");
      await following;
      following = lab.start("resume", id, "--json").said;
    };
    await after(30);
    await steer(WORDS[0]);
    await kill(150);
    await after(300);
    await steer(WORDS[1]);
    await kill(450);
    await kill(800);
    await following;

    const events = lab.events(id);
    const run = replay(events);
    assert.ok(run !== undefined);
    const state = await lab.json(ran, "resume", id);
    assert.deepEqual([state.state, state.exit], ["landed", 0], lab.complaints(id));
    assert.ok(run.spent.steps >= Math.min(1_000, calls), `${String(run.spent.steps)} steps of ${String(calls)}`);
    assert.deepEqual(model.requests.flatMap((request) => request.problem ?? []), []);

    // What could be done is reached and landed; what could not is given up, each by the rule that fits, with an account.
    assert.deepEqual(new Set(all(lab, id, "goal.reached").map((event) => event.goal)), new Set(POSSIBLE));
    const given = all(lab, id, "goal.abandoned");
    assert.deepEqual(given.map(({ goal, by, rule }) => [goal, by, rule]), [[FAILING, "rule", "attempts"], [LOOPING, "rule", "same-failure"]]);
    for (const one of given) assert.ok(one.tried.length > 0 && one.smallestUnblock !== undefined && (one.takenOut ?? []).length > 0);
    const landed = lab.git("ls-tree", "-r", "--name-only", "vigil/nightly").split("\n").filter((path) => path.startsWith("src/"));
    assert.deepEqual(new Set(landed.map((path) => path.split("/")[1])), new Set(POSSIBLE));
    const diff = await lab.json(diffed, "diff", id);
    assert.equal(diff.explained, diff.lines);
    assert.match((await lab.vigil("report", id)).stdout, /Not done[\s\S]*optimizer[\s\S]*network/u);

    // Three processes were killed and nothing ran twice unnoticed; six hours went by without the service, and cost no work.
    assert.equal(all(lab, id, "runner.started").filter((event) => event.role === "worker").length, 4);
    const waits = all(lab, id, "turn.waiting");
    const answered = all(lab, id, "turn.answered").find((event) => event.seq > (waits[0]?.seq ?? 0));
    assert.ok((answered?.at ?? 0) - (waits[0]?.at ?? 0) >= 6 * 3_600_000, `six hours of waiting are in the log: ${JSON.stringify([waits, answered])}`);
    assert.ok(run.spent.workedMs < 3_600_000, `${String(run.spent.workedMs)} ms of work`);

    // The budget was never passed, and no word of a person was ever missing from a request.
    let usd = 0;
    for (const event of events) {
      if ((event.kind === "turn.received" || event.kind === "turn.discarded") && event.cost.kind === "known") usd += event.cost.usd;
      assert.ok(usd <= USD);
    }
    assert.deepEqual(forgotten, []);
    const trims = events.filter((event) => event.kind === "conversation.trimmed" || event.kind === "conversation.restarted").length;
    assert.ok(trims >= 4, `${String(trims)} compactions`);
  });
});
