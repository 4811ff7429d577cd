// Every place that a run writes, failing as disks fail: the agent stops before anything that could not be recorded, the
// person is told what happened and what to do, and once the fault is gone the run ends as an undisturbed one does.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bundleWith } from "../bundles.js";
import { chanceOf } from "../../chance.js";
import { PREDICTABLE, RUN } from "../record/predictable.js";
import { AGENTS_OWN, ARRIVING, disturbed, undisturbed, type Case } from "../record/refused-write.js";
import { CLASSES, ERRORS, callsFor, classOf, writtenByBoth, type Site } from "../record/write-sites.js";
import type { Outcome, Proving, Row } from "../row.js";

export const writeErrors: Row = {
  id: "write-errors",
  title: "every write site × ENOSPC, EIO, EROFS, EMFILE",
  target: "0 glued or lost records; agent stops first; the run then ends as an undisturbed one",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size, seed, folder } = proving;
  if (spawnSync("strace", ["-V"]).status !== 0) return { kind: "not shown", why: "strace is not here, and nothing else makes a system call fail by its path (apt install strace)" };
  const dist = await bundleWith(PREDICTABLE, join(folder, "dist"));
  const whole = await undisturbed(dist, join(folder, "trace"));
  // The log, of which the quick part tries the writes, has its name from nobody's chance.
  const again = size === "quick" ? whole : await undisturbed(dist, join(folder, "trace-again"));
  const unknown = [...new Set(whole.sites.filter((site) => classOf(site.path) === undefined).map((site) => site.path))];
  const reached = new Map(Object.keys(CLASSES).map((kind) => [kind, whole.sites.filter((site) => classOf(site.path) === kind)]));
  const lasting = writtenByBoth(whole.sites, again.sites);
  const short = [...unknown.map((path) => `a place of no known class is written: ${path}`), ...[...reached].filter(([, sites]) => sites.length === 0).map(([kind]) => `no place of the class "${kind}" was written`)];
  const chance = chanceOf(seed);
  // In no order, so that whoever waits sees all classes early.
  const cases = [...chosen(lasting, size), ...(size === "whole" ? ARRIVING : [])].map((one) => ({ one, at: chance.below(2 ** 31) })).sort((a, b) => a.at - b.at).map(({ one }) => one);
  proving.say(`${String(whole.sites.length)} places of ${String(reached.size)} classes are written; ${String(cases.length)} cases`);
  let met = 0;
  let done = 0;
  // Each case is a machine of its own, and waits more than it works.
  const waiting = cases.entries();
  const lane = async (): Promise<void> => {
    for (const [n, one] of waiting) {
      const tried = await disturbed(one, dist, join(folder, `faults-${String(n)}`), whole.tree);
      if (tried.met) met += 1;
      const problems = tried.problems.map((problem) => `${one.fault} at ${one.kind} (${one.site.path}, ${one.calls.join(" ")}): ${problem}`);
      short.push(...problems);
      for (const problem of problems) proving.say(problem);
      done += 1;
      if (done % 10 === 0) proving.say(`${String(done)} cases`);
    }
  };
  await Promise.all([lane(), lane()]);
  return {
    kind: "shown",
    figure: `${String(reached.size)} classes of places (${String(whole.sites.length)} paths), ${String(cases.length)} faults, ${String(met)} of them met; ${String(short.length)} short`,
    met: short.length === 0,
    short,
    details: cases.map((one) => ({ kind: one.kind, fault: one.fault, path: one.site.path })),
  };
}

/** Up to three places of each class and fault; a part of the proof takes the log, and a git that would rather say nothing. */
function chosen(lasting: readonly Site[], size: "quick" | "whole"): readonly Case[] {
  return Object.keys(CLASSES).flatMap((kind) =>
    ERRORS.flatMap((fault) => {
      const possible = lasting.filter(({ path }) => path !== AGENTS_OWN && classOf(path) === kind).map((site) => ({ kind, site, fault, calls: callsFor(fault, site) })).filter((one) => one.calls.length > 0);
      if (size === "quick") return possible.filter((one) => fault === "ENOSPC" && one.site.path === `repo/.git/vigil/runs/${RUN}/log.jsonl`);
      return [...new Set([possible[0], possible[Math.floor(possible.length / 2)], possible.at(-1)])].filter((one) => one !== undefined);
    }),
  );
}
