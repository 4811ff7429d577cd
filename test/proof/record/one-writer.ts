// What a log must tell after several front ends were at one run: that one process at a time wrote it, that every command
// was taken up or refused exactly once, and that the first answer held.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { replay } from "../../../src/core/run/replay.js";
import { stageRank, type Stage } from "../../../src/core/stage.js";
import { fileStore } from "../../../src/store/file-store.js";
import type { Lab } from "../../runner/lab.js";

/** Everything wrong; `posted`: the ids of each front end's commands, in the order of posting. The first `before` events were there already. */
export async function interleavingProblems(lab: Lab, id: string, before: number, posted: readonly (readonly string[])[]): Promise<string[]> {
  const events = lab.events(id);
  const log = fileStore(join(lab.repo, ".git", "vigil", "runs")).open(id);
  const problems = (await log.verify()).map((damage) => `after event ${String(damage.seq)}: ${damage.problem}`);
  if ((await log.holder()) !== undefined) problems.push("somebody holds the lock still");
  const left = readdirSync(join(lab.runFolder(id), "inbox"));
  if (left.length > 0) problems.push(`left in the inbox: ${left.join(", ")}`);
  return [...problems, ...nesting(events.slice(before)), ...faults(events.slice(before)), ...folding(events, posted), ...answers(events), ...landings(lab, events), ...stages(events), ...replaying(events)];
}

/** One writer at a time: each process says that it begins after the one before it said that it ends. */
function nesting(events: readonly LoggedEvent[]): string[] {
  const problems: string[] = [];
  let inside = false;
  for (const event of events) {
    if (event.kind === "runner.started") {
      if (inside) problems.push(`process ${String(event.pid)} began (event ${String(event.seq)}) before the one before it ended`);
      inside = true;
    } else if (event.kind === "runner.ended") {
      if (!inside) problems.push(`event ${String(event.seq)} ends a process that never began`);
      inside = false;
    } else if (!inside) problems.push(`event ${String(event.seq)} (${event.kind}) was written while no process was at work`);
  }
  return inside ? [...problems, "the last process never ended"] : problems;
}

/** Nothing that people do at once is a fault of the supervisor's. */
function faults(events: readonly LoggedEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === "runner.ended" && event.why !== "done") return [`a process left (event ${String(event.seq)}): ${event.why}`];
    return event.kind === "run.ended" && event.outcome === "failed" ? [`the run failed (event ${String(event.seq)}): ${event.why}`] : [];
  });
}

function folding(events: readonly LoggedEvent[], posted: readonly (readonly string[])[]): string[] {
  const folded = events.flatMap((event) => (event.kind === "command.accepted" || event.kind === "command.refused" ? [event] : []));
  const ids = folded.map((event) => event.id);
  const problems = folded.filter((event) => event.kind === "command.refused" && event.why === "").map((event) => `${event.id} was refused without a reason`);
  for (const own of posted) {
    for (const id of own) {
      const times = ids.filter((one) => one === id).length;
      if (times !== 1) problems.push(`the command ${id} was folded ${String(times)} times`);
    }
    const order = ids.filter((id) => own.includes(id));
    if (order.join() !== own.filter((id) => order.includes(id)).join()) problems.push(`one front end's commands were not folded in the order of posting: ${order.join(", ")}`);
  }
  return problems;
}

/** A question has one answer, the first that was taken up; what came later was refused. */
function answers(events: readonly LoggedEvent[]): string[] {
  const problems: string[] = [];
  const answered = new Map<string, string>();
  for (const event of events) {
    if (event.kind !== "gate.answered") continue;
    const first = answered.get(event.gate);
    if (first !== undefined) problems.push(`${event.gate} was answered by ${first} and again by ${event.command ?? "nobody"}`);
    answered.set(event.gate, event.command ?? "");
  }
  for (const event of events) {
    if (event.kind === "command.accepted" && event.command.kind === "answer" && answered.get(event.command.gate) !== event.id) problems.push(`the answer ${event.id} was accepted, and ${event.command.gate} has another`);
  }
  return problems;
}

/** Landings come one after the other, and the branch is what the log says. */
function landings(lab: Lab, events: readonly LoggedEvent[]): string[] {
  const problems: string[] = [];
  let under = false;
  const tips = new Map<string, string | null>();
  for (const event of events) {
    if (event.kind === "landing.intended") {
      if (under) problems.push(`a landing began (event ${String(event.seq)}) within another`);
      under = true;
    } else if (event.kind === "landing.finished" || event.kind === "landing.stopped" || event.kind === "landing.undone") under = false;
    if (event.kind === "landing.finished") tips.set(event.branch, event.to);
    if (event.kind === "landing.undone") tips.set(event.branch, event.to);
  }
  for (const [branch, tip] of tips) {
    const there = lab.git("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`);
    if (there !== (tip ?? "")) problems.push(`${branch} is at ${there === "" ? "nothing" : there}, and the log says ${tip ?? "nothing"}`);
  }
  return problems;
}

function stages(events: readonly LoggedEvent[]): string[] {
  let stage: Stage | undefined;
  return events.flatMap((event) => {
    if (event.kind === "run.started") stage = event.spec.stage;
    if (event.kind !== "stage.lowered" || stage === undefined) return [];
    const raised = stageRank(event.to) >= stageRank(stage);
    stage = event.to;
    return raised ? [`event ${String(event.seq)} raised the stage`] : [];
  });
}

function replaying(events: readonly LoggedEvent[]): string[] {
  try {
    replay(events);
    return [];
  } catch (error) {
    return [`the log does not replay: ${String(error)}`];
  }
}
