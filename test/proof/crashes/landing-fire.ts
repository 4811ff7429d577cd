// Landing as a person has it: `vigil land` onto the branch that is checked out, and `vigil unland`, with everything that
// they started killed at once, and given again.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Lab, landed, POLICY, ran } from "../../runner/lab.js";
import { TASK } from "../../runner/scripts.js";
import { locksIn, wrongIn } from "./ending.js";
import { killAll, leftOf, processesNaming, treeOf } from "./processes.js";
import type { Chance } from "../../chance.js";

/** Half of the kills strike the landing, half its taking back. */
export async function landsThroughKills(times: number, chance: Chance, count: (name: string, problems: readonly string[]) => void): Promise<void> {
  const lab = new Lab(POLICY);
  try {
    await lab.serve(TASK);
    const { id } = await lab.json(ran, "run", "Make sum add", "--stage", "bounded-write");
    if ((await lab.vigil("review", id, "--accept", "all")).code !== 0) throw new Error("the decisions could not be accepted");
    lab.write({ "README.md": "# my edit\n" });
    const base = lab.git("rev-parse", "main");
    const words = { land: ["land", id, "--onto", "main", "--json"], unland: ["unland", id, "--json"] };
    const alone = await timed(() => lab.json(landed, ...words.land.slice(0, -1)));
    await lab.vigil(...words.unland);
    for (let n = 0; n < times; n += 1) {
      const forth = n % 2 === 0;
      const ms = chance.next() * alone;
      await killedAfter(lab, ms, forth ? words.land : words.unland);
      // Given again, as a person does who saw it die; what had been done already is then said.
      await lab.vigil(...(forth ? words.land : words.unland));
      count(`vigil ${forth ? "land" : "unland"} on the checked-out branch, killed after ${ms.toFixed(0)} of ${alone.toFixed(0)} ms`, await wrong(lab, id, base, forth));
    }
  } finally {
    await lab.close();
  }
}

async function wrong(lab: Lab, id: string, base: string, isLanded: boolean): Promise<readonly string[]> {
  await leftOf(processesNaming(lab.home));
  const tip = lab.git("rev-parse", "main");
  const sum = readFileSync(join(lab.repo, "src/sum.js"), "utf8");
  const status = lab.git("status", "--porcelain");
  const verified = await lab.vigil("verify", id);
  return [
    ...((tip === base) === isLanded ? [`the branch is ${isLanded ? "not landed on" : "not back"}`] : []),
    ...(sum.includes(isLanded ? "a + b" : "a - b") ? [] : ["the checkout's files are not those of the branch"]),
    ...(status === " M README.md" ? [] : [`the user's status is ${JSON.stringify(status)}`]),
    ...locksIn(lab).map((lock) => `a lock is left: ${lock}`),
    ...wrongIn(lab.events(id)),
    ...(verified.code === 0 ? [] : [`vigil verify: ${verified.stdout}`]),
  ];
}

async function killedAfter(lab: Lab, ms: number, words: readonly string[]): Promise<void> {
  const { child, said } = lab.start(...words);
  await Promise.race([said, new Promise((resolve) => setTimeout(resolve, ms))]);
  const tree = [...(child.pid === undefined ? [] : treeOf(child.pid)), ...processesNaming(lab.home).flatMap((one) => treeOf(one.pid))];
  killAll(tree);
  await leftOf(tree);
  await said;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
