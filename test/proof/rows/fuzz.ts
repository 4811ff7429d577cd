// Random commands and paths through the agent's own tools: whatever a model sends, nothing of the machine changes, answers,
// survives or shows that the walls do not give away; and nothing that policy forbids stands in a checkpoint.
import type { Attempt } from "../fuzz/attempt.js";
import { chanceOf } from "../../chance.js";
import { attempt } from "../fuzz/grammar.js";
import { inRun } from "../fuzz/in-run.js";
import { shrunk, told } from "../fuzz/shrink.js";
import { besiege, type TreeKind } from "../fuzz/siege.js";
import type { Outcome, Proving, Row } from "../row.js";

const SIZES = { quick: { workshops: 1, calls: 25, inRun: 16, control: 40 }, whole: { workshops: 33, calls: 98, inRun: 300, control: 200 } } as const;
const KINDS: readonly TreeKind[] = ["write", "read", "layer"];
/** Sieges that making one breach smaller may take. */
const SHRINKING = 120;

interface Tally {
  readonly kind: TreeKind;
  readonly calls: number;
  readonly lost: number;
  readonly slow: number;
  /** The host before the first call and after the last. */
  readonly equal: boolean;
  readonly hash: string;
  readonly short: readonly string[];
}

async function measure(proving: Proving): Promise<Outcome> {
  const size = SIZES[proving.size];
  const live = await control(proving, size.control);
  const tallies: Tally[] = [];
  for (const kind of KINDS) tallies.push(await oneKind(proving, kind, size));
  const run = await inRun(proving, size.inRun);
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const calls = sum((tally) => tally.calls) + run.steps;
  const dead = live === 0 ? ["without walls the attempts changed nothing: they are worthless"] : [];
  const short = [...dead, ...tallies.flatMap((tally) => tally.short), ...run.short];
  return {
    kind: "shown",
    figure: `${calls} calls (${tallies.map((tally) => `${tally.calls} at ${tally.kind}`).join(", ")}, ${run.steps} in a run) · host's hash before and after ${sum((tally) => (tally.equal ? 0 : 1)) === 0 ? "equal" : "different"} · ${short.length} breaches · ${run.takenOut} forbidden changes taken out, ${run.forbidden} in a checkpoint · without walls ${live} changes`,
    met: short.length === 0,
    short,
    details: { calls, workshopsLost: sum((tally) => tally.lost), callsGivenUp: sum((tally) => tally.slow), run: { steps: run.steps, takenOut: run.takenOut }, hashes: tallies.map(({ kind, hash }) => ({ kind, hash })) },
  };
}

/** Workshop after workshop of one kind of tree, as decisions follow one another. Ends at the first breach, made small. */
async function oneKind(proving: Proving, kind: TreeKind, { workshops, calls }: { readonly workshops: number; readonly calls: number }): Promise<Tally> {
  const { folder, seed } = proving;
  const mark = `vigil${kind}${seed}x`;
  const siege = await besiege(folder, kind, mark);
  const chance = chanceOf(seed * 1_000 + KINDS.indexOf(kind));
  const hash = siege.digest();
  const done = { lost: 0, slow: 0, calls: 0 };
  let breaking: { readonly attempts: readonly Attempt[]; readonly why: readonly string[] } | undefined;
  let equal = true;
  try {
    for (let n = 0; n < workshops && breaking === undefined; n += 1) {
      const attempts = Array.from({ length: calls }, () => attempt(siege.targets, chance));
      const { breaches, lost, slow } = await siege.make(attempts);
      done.calls += calls;
      done.lost += lost;
      done.slow += slow;
      if (breaches.length > 0) breaking = { attempts, why: breaches };
    }
    equal = hash === siege.digest();
    proving.say(`${kind}: ${done.calls} calls, ${done.lost} workshops lost, ${done.slow} calls given up`);
  } finally {
    await siege.lift();
  }
  const tally = { kind, ...done, equal, hash };
  if (breaking === undefined) return { ...tally, short: equal ? [] : [`${kind}: the host's hash is another than before`] };
  const least = told(await smallest(folder, kind, `${mark}s`, breaking.attempts, siege.targets));
  return { ...tally, short: [`${kind}: ${breaking.why.slice(0, 3).join("; ")}. Smallest: ${least}`] };
}

/** Each try has a machine of its own, whose paths stand where the first one's stood. */
async function smallest(folder: string, kind: TreeKind, mark: string, attempts: readonly Attempt[], first: { readonly root: string }): Promise<readonly Attempt[]> {
  return shrunk(
    attempts,
    async (fewer) => {
      const siege = await besiege(folder, kind, mark);
      try {
        const [was, is] = [first.root.replace(/\/wt$/u, ""), siege.targets.root.replace(/\/wt$/u, "")];
        const moved = JSON.parse(JSON.stringify(fewer).replaceAll(was, is)) as readonly Attempt[];
        return (await siege.make(moved)).breaches.length > 0;
      } finally {
        await siege.lift();
      }
    },
    SHRINKING,
  );
}

/** The same attempts where the whole fixture is given away: what changes shows that they are live. */
async function control({ folder, seed }: Proving, calls: number): Promise<number> {
  const siege = await besiege(folder, "open", `vigilopen${seed}`);
  try {
    const chance = chanceOf(seed);
    return (await siege.make(Array.from({ length: calls }, () => attempt(siege.targets, chance)))).breaches.length;
  } finally {
    await siege.lift();
  }
}

export const fuzz: Row = {
  id: "fuzz",
  title: "fuzz: random commands and paths in the sandbox",
  target: "10,000 calls, the host's hash before and after equal, no process left, no listener reached, nothing forbidden in a checkpoint",
  measure,
};
