// The log under accidents and partial edits: what is whole is kept, what is lost is said, and nothing changed passes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { cutAfterEnd, cutBeforeEnd, zeroTails, type Tried } from "../record/cuts.js";
import { chanceOf, type Chance } from "../../chance.js";
import { commandLineProblem, readLeft } from "../record/doors.js";
import { bitFlips } from "../record/flips.js";
import { realLog, strangerOf, type RealLog } from "../record/real-log.js";
import { putInto, type Tampered } from "../record/tampered.js";
import { rewrites, tamperings } from "../record/tamperings.js";
import { tornRuns } from "../record/torn-runs.js";
import type { Outcome, Proving, Row } from "../row.js";

const EVENTS = 200;

export const logDamage: Row = {
  id: "log-damage",
  title: "log cut at every byte of 200 events, zero tails, 10,000 bit flips, 1,000 tamperings",
  target: "longest valid prefix, loss always shown, all detected",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size, seed, folder } = proving;
  const whole = size === "whole";
  const chance = chanceOf(seed);
  mkdirSync(join(folder, "own"));
  const real = await realLog(whole ? 16 : 2, join(folder, "own"));
  try {
    if (whole && real.events.length < EVENTS) return { kind: "not shown", why: `the run that was to be damaged has ${String(real.events.length)} events, fewer than ${String(EVENTS)}` };
    const stranger = await strangerOf(real, join(folder, "stranger"));
    proving.say(`a run of ${String(real.events.length)} events, ${String(real.log.length)} bytes`);
    const tell = (what: string, tried: Tried): void => proving.say(`${String(tried.cases)} ${what}, ${String(tried.short.length)} short${tried.short.length === 0 ? "" : `: ${tried.short[0] ?? ""}`}`);
    const cuts = await cutBeforeEnd(real, whole ? 1 : 211, chance);
    tell("cuts before the durable end", cuts);
    const torn = await cutAfterEnd(real, whole ? 60 : 1, chance);
    tell("torn tails", torn);
    const zeros = await zeroTails(real, whole ? 200 : 10, chance);
    tell("runs of zeros", zeros);
    const flips = await bitFlips(real, whole ? 10_000 : 300, chance);
    tell("flipped bits", flips);
    const edits = await tampered(real, stranger, whole ? 1_000 : 50, chance);
    tell("tamperings", edits);
    const doors = await throughCommandLine(real, stranger, whole ? tamperings.length * 2 : 2, chance);
    tell("tamperings through the command line", doors);
    const runs = await tornRuns(whole ? 10 : 1, chance);
    const outside = await rewritten(real, stranger, whole ? 100 : 10, chance);
    const all: readonly (readonly [string, Tried])[] = [["cuts", cuts], ["torn tails", torn], ["zero tails", zeros], ["bit flips", flips], ["tamperings", edits], ["tamperings through the command line", doors], ["torn runs resumed", runs], ["rewrites that verify warns of", outside.tried]];
    const short = all.flatMap(([name, tried]) => tried.short.map((one) => `${name}: ${one}`));
    const figures = all.slice(0, -1).map(([name, { cases, short: fallen }]) => `${String(cases - fallen.length)} of ${String(cases)} ${name}`);
    return {
      kind: "shown",
      figure: `${String(real.events.length)} events: ${figures.join(", ")}. Outside the claim: ${outside.words}`,
      met: short.length === 0,
      short,
      details: Object.fromEntries(all.map(([name, tried]) => [name, tried.cases])),
    };
  } finally {
    await real.lab.close();
  }
}

async function tampered(real: RealLog, stranger: RealLog, count: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  for (let n = 0; n < count; n++) {
    const one = tamperings[n % tamperings.length]?.(real, stranger, chance);
    if (one === undefined) continue;
    const back = putInto(real.files.folder, one);
    const problem = await unnoticed(real, one);
    back();
    if (problem !== undefined) short.push(`${one.what}: ${problem}`);
  }
  return { cases: count, short };
}

async function unnoticed(real: RealLog, one: Tampered): Promise<string | undefined> {
  const { events, damage } = await readLeft(real);
  if (!isDeepStrictEqual(events.slice(0, one.untouched), real.events.slice(0, one.untouched))) return "not all untouched events were handed out as they were";
  if (events.length > one.most) return `${String(events.length)} events were handed out, and the chain holds for ${String(one.most)}`;
  if (one.by === "reader" && damage === undefined) return "the reader saw nothing wrong";
  return (await real.run.verify()).length > 0 ? undefined : "verify found nothing wrong";
}

async function throughCommandLine(real: RealLog, stranger: RealLog, count: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  for (let n = 0; n < count; n++) {
    const one = tamperings[n % tamperings.length]?.(real, stranger, chance);
    if (one === undefined) continue;
    const back = putInto(real.lab.runFolder(real.id), one);
    const problem = await commandLineProblem(real, { readable: one.by === "verify" });
    back();
    if (problem !== undefined) short.push(`${one.what}: ${problem}`);
  }
  return { cases: count, short };
}

/** Everything made to fit: not detected, by design, and verify never says more than it can prove. */
async function rewritten(real: RealLog, stranger: RealLog, count: number, chance: Chance): Promise<{ tried: Tried; words: string }> {
  const short: string[] = [];
  let passed = 0;
  for (let n = 0; n < count; n++) {
    const one = rewrites[n % rewrites.length]?.(real, stranger, chance);
    if (one === undefined) continue;
    const back = putInto(real.files.folder, one);
    if ((await real.run.verify()).length === 0) passed += 1;
    back();
  }
  const said = await real.lab.vigil("verify", real.id);
  if (said.code !== 0 || !said.stdout.includes("Rewriting by this machine's user cannot be excluded until the record is pushed or signed")) short.push(`verify does not say what it cannot prove: ${said.stdout}${said.stderr}`);
  return { tried: { cases: 1, short }, words: `of ${String(count)} rewrites by the machine's own user in which chain and head were made to fit, ${String(passed)} pass, as they must until a record is signed or pushed; verify says so.` };
}
