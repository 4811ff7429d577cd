// Runs that checkpoint and land one after the other in a person's repository for as long as that person works. A landing
// that meets a lock says so, and is given again.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { all } from "../../runner/begun.js";
import { landed, ran, type Lab } from "../../runner/lab.js";
import { begin, end, finish, turns, write } from "../../runner/scripts.js";

export interface Beside {
  runs: number;
  checkpoints: number;
  landings: number;
  undone: number;
  /** What was said each time that a landing or taking one back had to be given again. */
  readonly again: string[];
  readonly short: string[];
}

const TRIES = 8;

export const PARTS = turns(
  ...Array.from({ length: 5 }, (_, n) => [begin(`Part ${String(n)}`), write(`src/part-${String(n)}.js`, `exports.part = ${String(n)};\n`), end(`part ${String(n)}`)]),
  [finish()],
);

export const nothingBeside = (): Beside => ({ runs: 0, checkpoints: 0, landings: 0, undone: 0, again: [], short: [] });

/** Runs that land by themselves on the policy's branch. */
export async function landByThemselves(lab: Lab, seen: Beside, over: () => boolean): Promise<void> {
  while (!over()) {
    const run = await lab.json(ran, "run", "Parts by policy");
    count(lab, run.id, seen);
    if (run.state === "landed") {
      seen.landings += 1;
      continue;
    }
    const stopped = all(lab, run.id, "landing.stopped").at(-1)?.why ?? `${run.state}: ${lab.complaints(run.id)}`;
    // The second of two runs from one base meets the first one's parts; that is no matter of the person's.
    if (!/already there|nothing left|no change|Nothing|conflict|moved/i.test(stopped)) seen.short.push(`a run ended as ${run.state}: ${stopped}`);
  }
}

/** Runs that a person lands on new branches, takes back, and lands again. */
export async function landByPerson(lab: Lab, seen: Beside, over: () => boolean): Promise<void> {
  for (let n = 0; !over(); n++) {
    const run = await lab.json(ran, "run", "Parts by hand", "--stage", "bounded-write");
    count(lab, run.id, seen);
    if (run.state !== "ready") {
      seen.short.push(`a run ended as ${run.state}: ${lab.complaints(run.id)}`);
      continue;
    }
    await lab.vigil("review", run.id, "--accept", "all");
    await landAgain(lab, run.id, seen, []);
    if (await unlandAgain(lab, run.id, seen)) await landAgain(lab, run.id, seen, ["--onto", `vigil/side-${String(n)}`]);
  }
}

export async function landAgain(lab: Lab, id: string, seen: Beside, how: readonly string[]): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const land = await lab.json(landed, "land", id, ...how);
    if (land.kind === "landed") {
      seen.landings += 1;
      return true;
    }
    if (!saysAgain(land.why)) {
      seen.short.push(`a landing was ${land.kind} and does not say what to do: ${land.why ?? ""}`);
      return false;
    }
    seen.again.push(land.why ?? "");
  }
  seen.short.push(`a landing did not come about in ${String(TRIES)} tries: ${seen.again.at(-1) ?? ""}`);
  return false;
}

async function unlandAgain(lab: Lab, id: string, seen: Beside): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const said = await lab.vigil("unland", id);
    if (said.code === 0) {
      seen.undone += 1;
      return true;
    }
    const why = `${said.stdout}${said.stderr}`;
    if (!saysAgain(why)) {
      seen.short.push(`taking a landing back failed and does not say what to do: ${why}`);
      return false;
    }
    seen.again.push(why);
  }
  seen.short.push(`a landing could not be taken back in ${String(TRIES)} tries: ${seen.again.at(-1) ?? ""}`);
  return false;
}

/** It names what is in the way and asks for another try. */
function saysAgain(why: string | undefined): boolean {
  return why !== undefined && /try again|Land again|land again|again/.test(why);
}

function count(lab: Lab, id: string, seen: Beside): void {
  seen.runs += 1;
  seen.checkpoints += all(lab, id, "decision.ended").filter((decision) => decision.checkpoint !== undefined).length;
}

/** The runs' private git directories, which the person's gc must not have hurt either. */
export function privateGits(lab: Lab): string[] {
  const runs = join(lab.repo, ".git", "vigil", "runs");
  return readdirSync(runs).filter((name) => !name.startsWith(".")).map((name) => join(runs, name, "git")).filter((folder) => existsSync(folder));
}
