// Logs that released versions wrote: each must still be read, replayed to the same run, and told the same way. A log of
// a new release is added beside these; none is ever changed.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { eventSchema, type LoggedEvent } from "../../src/core/log/event.js";
import { replay } from "../../src/core/run/replay.js";
import { timeline } from "../../src/core/run/timeline.js";
import { selection } from "../../src/core/review/verdict.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "test", "unit", "golden");
const place = z.object({ seq: z.number().int(), at: z.number() });

interface Account {
  readonly phase: string;
  readonly decisions: readonly string[];
  readonly gates: readonly string[];
  readonly accepted: readonly string[];
  readonly landing: string | undefined;
  readonly steps: number;
  readonly receipts: readonly string[];
  readonly violations: number;
}

const EXPECTED: Readonly<Record<string, Account>> = {
  "0.1.0-bounded.jsonl": {
    phase: "ended ready",
    decisions: ["d1 kept src/one.js", "d2 discarded"],
    gates: ["g1 write answered", "g2 question answered"],
    accepted: [],
    landing: undefined,
    steps: 13,
    receipts: ["policy green", "policy green"],
    violations: 1,
  },
  "0.1.0-gated.jsonl": {
    phase: "ended ready",
    decisions: ["d1 dropped src/one.js", "d2 dropped src/two.js"],
    gates: ["g1 decision answered", "g2 decision expired", "g3 question answered"],
    accepted: [],
    landing: undefined,
    steps: 8,
    receipts: ["policy green"],
    violations: 0,
  },
  "0.1.0-landed.jsonl": {
    phase: "ended landed",
    decisions: ["d1 kept src/sum.js", "d2 kept docs/guide.md,docs/more.md"],
    gates: [],
    accepted: ["d1", "d2"],
    landing: "undone",
    steps: 11,
    receipts: ["policy green", "claim green", "policy green"],
    violations: 0,
  },
  "0.1.0-outage.jsonl": {
    phase: "ended ready",
    decisions: [],
    gates: [],
    accepted: [],
    landing: undefined,
    steps: 2,
    receipts: ["policy green"],
    violations: 0,
  },
  "0.1.0-proposed.jsonl": {
    phase: "ended proposed",
    decisions: ["d1 proposed src/sum.js", "d2 proposed docs/guide.md,docs/more.md"],
    gates: [],
    accepted: ["d1"],
    landing: undefined,
    steps: 11,
    receipts: ["policy green", "claim green"],
    violations: 0,
  },
};

describe("logs of earlier releases", () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".jsonl"))) {
    it(`${name} replays to the same run`, () => {
      assert.deepEqual(account(read(name)), EXPECTED[name]);
    });
  }

  it("have an account each", () => {
    assert.deepEqual(readdirSync(folder).filter((file) => file.endsWith(".jsonl")).sort(), Object.keys(EXPECTED).sort());
  });
});

function read(name: string): LoggedEvent[] {
  return readFileSync(join(folder, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): LoggedEvent => {
      const value: unknown = JSON.parse(line);
      return { ...eventSchema.parse(value), ...place.parse(value) };
    });
}

function account(events: readonly LoggedEvent[]): Account {
  const run = replay(events);
  assert.ok(run !== undefined);
  assert.equal(timeline(run).decisions.length, run.decisions.length);
  return {
    phase: run.phase.kind === "ended" ? `ended ${run.phase.outcome}` : run.phase.kind,
    decisions: run.decisions.map((decision) => `${decision.id} ${decision.state} ${decision.files.map((file) => file.path).join(",")}`.trim()),
    gates: run.gates.map((gate) => `${gate.id} ${gate.type} ${gate.state.kind}`),
    accepted: selection(run).map((part) => part.decision.id),
    landing: run.landing?.state,
    steps: run.steps.length,
    receipts: run.receipts.map((receipt) => `${receipt.source} ${receipt.outcome}`),
    violations: run.violations.length,
  };
}
