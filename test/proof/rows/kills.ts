// kill -9 at every point of every event's way into the log: of the runner, of the front end, of the whole group.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { exactFire, Targets } from "../crashes/exact-fire.js";
import { inLanes, times } from "../crashes/lanes.js";
import { performed, type Performed } from "../crashes/performance.js";
import { pointBundle } from "../crashes/point-bundle.js";
import { everyKill, nameOf, type Kill } from "../crashes/points.js";
import type { Scenario } from "../crashes/scenario.js";
import { hostsScenario, SCENARIOS } from "../crashes/scenarios.js";
import type { Outcome, Proving, Row } from "../row.js";

/** Kills in one performance. */
const MOST = 60;
/** Performances of a scenario in which nothing new was reached, after which it is done. */
const BARREN = 2;
const LANES = 3;
/** Milliseconds in which a run is to be resumed. */
const RESUME = 2_000;

/** What runs with every test: one of each point and of each victim, in the run that everybody has. */
const QUICK: readonly Kill[] = [
  { kind: "worktree.created", point: "before-write", victim: "runner" },
  { kind: "turn.received", point: "after-write", victim: "group" },
  { kind: "step.intended", point: "before-effect", victim: "runner" },
  { kind: "decision.ended", point: "half-written", victim: "runner" },
  { kind: "check.finished", point: "after-effect", victim: "front end" },
  { kind: "landing.intended", point: "after-effect", victim: "group" },
];

export const kills: Row = {
  id: "kills",
  title: "kill -9: every event type, before, in and after its write, before and after its effect; runner, front end, group",
  target: "0 events lost, 0 effects twice, 0 refused conversations; resumes in 2 s",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const whole = proving.size === "whole";
  const { only } = proving;
  const wanted = (whole ? everyKill() : QUICK).filter(({ kind }) => only === undefined || only.split("|").some((part) => kind.includes(part)));
  const server = await answering();
  try {
    return await measureBeside(proving, wanted, whole ? [...SCENARIOS, hostsScenario(hostOf(server))] : SCENARIOS.slice(0, 1));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function measureBeside(proving: Proving, wanted: readonly Kill[], scenarios: readonly Scenario[]): Promise<Outcome> {
  const whole = proving.size === "whole";
  const dist = await pointBundle(join(proving.folder, "dist"));
  const targets = new Targets(wanted);
  const short: string[] = [];
  const resumed: number[] = [];
  const endings = new Map<string, string>();
  const made = new Set<string>();
  let performances = 0;
  let seen = 0;
  const play = async (scenario: Scenario, expected: string | undefined): Promise<number> => {
    const shots = exactFire(expected === undefined ? new Targets([]) : targets, join(proving.folder, `points-${String((performances += 1))}`), MOST);
    try {
      const one = await performed(scenario, dist, shots.fire, expected, shots.environment);
      note(one, shots.kills);
      if (expected === undefined) endings.set(scenario.name, one.ending);
    } catch (error) {
      short.push(`${scenario.name}: ${error instanceof Error ? error.message : String(error)}, after ${shots.kills.map(nameOf).join("; ")}`);
    }
    proving.say(`${scenario.name}: ${String(shots.kills.length)} kills, ${String(targets.left.length)} left, ${short.length === seen ? "all well" : short.slice(seen).join("\n  ")}`);
    seen = short.length;
    return shots.kills.length;
  };
  const note = (one: Performed, done: readonly Kill[]): void => {
    resumed.push(...one.resumed);
    for (const kind of one.kinds) made.add(kind);
    if (one.problems.length > 0) short.push(`${one.problems.join(" · ")}, after ${done.length === 0 ? "no kill at all" : done.map(nameOf).join("; ")}`);
  };
  for (const scenario of scenarios) await play(scenario, undefined);
  const due = scenarios.filter((scenario) => endings.has(scenario.name));
  await inLanes(whole ? LANES : 1, async () => {
    for (let scenario = due.shift(); scenario !== undefined; scenario = due.shift()) {
      for (let barren = 0; barren < BARREN && targets.left.length > 0; ) barren = (await play(scenario, endings.get(scenario.name))) === 0 ? barren + 1 : 0;
    }
  });
  return outcome(proving, wanted, targets, short, resumed, made);
}

/** A host that runs may reach. */
async function answering(): Promise<Server> {
  const server = createServer((_, response) => { response.end("exports.part = 1;\n"); });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  return server;
}

const hostOf = (server: Server): string => `127.0.0.1:${String((server.address() as AddressInfo).port)}`;

function outcome(proving: Proving, wanted: readonly Kill[], targets: Targets, short: string[], resumed: readonly number[], made: ReadonlySet<string>): Outcome {
  for (const kind of new Set(targets.left.map((kill) => kill.kind))) {
    const points = targets.left.filter((kill) => kill.kind === kind);
    const why = made.has(kind) || kind.startsWith("posted ") ? `these points were not reached: ${points.map(({ point, victim }) => `${point} (${victim})`).join(", ")}` : "no script makes the product write it";
    short.push(`${kind}: ${why}`);
  }
  const slow = resumed.filter((ms) => ms > RESUME).length;
  // How fast a machine is that does other work too is no matter of right and wrong: with every test it is only told.
  if (proving.size === "whole" && slow > 0) short.push(`${String(slow)} of ${String(resumed.length)} resumes took more than 2 s, on a machine with ${String(availableParallelism())} cores and a load of ${loadavg()[0]?.toFixed(0) ?? "?"}`);
  const kinds = new Set(targets.done.map((kill) => kill.kind));
  const figure = `${String(targets.done.length)} of ${String(wanted.length)} kills at ${String(kinds.size)} kinds of events and commands, ${short.length === 0 ? "0 events lost, 0 effects twice, 0 refused conversations" : `${String(short.length)} fell short`}; resumed in ${times(resumed)}`;
  return { kind: "shown", figure, met: short.length === 0, short, details: { resumedMs: resumed, left: targets.left.map(nameOf) } };
}
