// The model's service fails in every way that it has: what ran must have run once, no turn may be lost, each reply is paid
// for once, and a person can see what goes on. Dying in the middle of a stream is proved where crashes are.
import { connectionProblems } from "../service/connections.js";
import { cutReply } from "../service/cuts.js";
import { FAULTS, REFUSALS } from "../service/faults.js";
import { hourProblems } from "../service/hours.js";
import { judgeNight } from "../service/judge-night.js";
import { night, resumed, task, TURNS } from "../service/night.js";
import { certificates, setClocks, throughTroubles, wrongKey, type ProcessCase } from "../service/processes.js";
import type { Outcome, Proving, Row } from "../row.js";

/** Offsets at which each reply is cut, by the number of the reply and whether it streams. */
const CUTS: readonly { readonly at: number; readonly streams: boolean; readonly whole: number; readonly quick: number }[] = [
  { at: 0, streams: true, whole: 250, quick: 8 },
  { at: 1, streams: true, whole: 500, quick: 12 },
  { at: 1, streams: false, whole: 250, quick: 8 },
];

const PROCESSES: Readonly<Record<string, ProcessCase>> = {
  "a run through troubles in every turn": throughTroubles,
  "a wrong key, then the right one": wrongKey,
  "certificates that ran out, and of an own authority": certificates,
  "clocks that are set while everything runs": setClocks,
};

export const serviceRow: Row = {
  id: "service",
  title: "service: rate limits, failures, resets, no trust, cut and malformed replies, outages, set clocks",
  target: "0 tools run twice, 0 turns lost, cost counted once, the person sees it",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const whole = proving.size === "whole";
  const turns = whole ? Array.from({ length: TURNS }, (_, n) => n) : [proving.seed % TURNS];
  const short: string[] = [];
  let cases = 0;
  const tell = (name: string, problems: readonly string[]): void => {
    cases += 1;
    short.push(...problems.map((problem) => `${name}: ${problem}`));
  };
  for (const at of turns) {
    for (const { name, problems } of await faults(at)) tell(`${name}, turn ${String(at)}`, problems);
    for (const { name, problems } of await refusals(at)) tell(`${name}, turn ${String(at)}`, problems);
    proving.say(`faults in turn ${String(at)} done`);
  }
  for (const [name, problems] of await connectionProblems()) tell(name, problems);
  for (const at of whole ? turns : turns.slice(0, 1)) for (const [name, problems] of await hourProblems(at)) tell(`${name}, turn ${String(at)}`, problems);
  proving.say("connections and outages done");
  let offsets = 0;
  for (const { at, streams, whole: most, quick } of CUTS) {
    const cut = await cutReply(at, whole ? most : quick, chanceOf(proving.seed), { streams });
    offsets += cut.offsets;
    short.push(...cut.problems);
    proving.say(`${String(offsets)} offsets done`);
  }
  for (const [name, played] of Object.entries(PROCESSES).slice(0, whole ? undefined : 1)) tell(name, await played(proving.folder));
  return { kind: "shown", figure: `${String(cases)} cases, ${String(offsets)} offsets: ${String(short.length)} faults`, met: short.length === 0, short };
}

interface Judged {
  readonly name: string;
  readonly problems: readonly string[];
}

async function faults(at: number): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const fault of FAULTS) {
    const played = await night(task(at, fault.troubles), { ...(fault.service === undefined ? {} : { service: fault.service }), ...(fault.idleMs === undefined ? {} : { model: { idleMs: fault.idleMs } }) });
    judged.push({ name: fault.name, problems: judgeNight(played, fault) });
  }
  return judged;
}

/** Each ends the loop with a sentence that helps, after few requests, and the resumed run comes through. */
async function refusals(at: number): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const { name, trouble, why, most } of REFUSALS) {
    const played = await night(task(at, [trouble]));
    const said = played.end.kind === "failed" ? played.end.why : `it ended as ${played.end.kind}`;
    const asked = played.requests.filter((request) => request.status >= 400).length;
    judged.push({
      name,
      problems: [
        ...(why.test(said) ? [] : [`the person reads: ${said}`]),
        ...(asked <= most ? [] : [`it was asked for ${String(asked)} times`]),
        ...judgeNight(await resumed(played), { counted: 0, why: undefined }),
      ],
    });
  }
  return judged;
}

/** A number from 0 up to 1 that follows from the seed. */
function chanceOf(seed: number): number {
  return (seed * 0.618_033_988_749_895) % 1;
}
