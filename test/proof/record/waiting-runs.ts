// Two real runs that people can be at, each of which can be brought back to the same moment as often as one likes: one has
// ended with all its decisions to be decided, the other lost its process while it waited for an answer.
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { begun, gone, happens, workerOf } from "../../runner/begun.js";
import { killProcess, Lab, POLICY, ran } from "../../runner/lab.js";
import { begin, call, end, finish, turns, write } from "../../runner/scripts.js";

export interface Moment {
  readonly lab: Lab;
  readonly id: string;
  /** How many events the log holds at this moment. */
  readonly events: number;
  /** Brings log, inbox and landed branches back. The worktree follows with the next process, as after a crash. */
  restore(): void;
}

const DECISIONS = [1, 2, 3].map((n) => [begin(`Part ${String(n)}`), write(`src/part-${String(n)}.js`, `${String(n)}\n`), end(`part ${String(n)}`)]);

/** Nothing to prove here: what a check would add to each landing is time. */
const policy = { ...POLICY, "vigil.policy.requiredChecks": [] };

export async function endedRun(folder: string): Promise<Moment> {
  const lab = new Lab(policy);
  await lab.serve(turns(...DECISIONS, [finish()]));
  const { id } = await lab.json(ran, "run", "Three parts", "--stage", "gated-write");
  return momentOf(lab, id, folder);
}

export const ASKS = turns(...DECISIONS, [begin("Asks"), write("src/asks.js", "1\n")], [call("ask_human", { question: "Which one?", options: ["a", "b"] })], [end("asked")], [finish()]);

export async function interruptedRun(folder: string): Promise<Moment> {
  const lab = new Lab(policy);
  await lab.serve(ASKS);
  const { id, said } = await begun(lab, "bounded-write");
  await happens(lab, id, "gate.awaited");
  const pid = await workerOf(lab, id);
  killProcess(pid);
  await Promise.all([gone(pid), said]);
  return momentOf(lab, id, folder);
}

export function momentOf(lab: Lab, id: string, folder: string): Moment {
  const run = lab.runFolder(id);
  const kept = join(folder, id);
  for (const name of ["log.jsonl", "head"]) cpSync(join(run, name), join(kept, name), { recursive: true });
  return {
    lab,
    id,
    events: lab.events(id).length,
    restore() {
      for (const name of ["log.jsonl", "head"]) writeFileSync(join(run, name), readFileSync(join(kept, name)));
      for (const name of readdirSync(join(run, "inbox"))) rmSync(join(run, "inbox", name), { recursive: true });
      if (!existsSync(join(lab.repo, ".git", "refs", "heads", "vigil"))) return;
      for (const branch of lab.git("for-each-ref", "--format=%(refname)", "refs/heads/vigil").split("\n").filter((line) => line !== "")) lab.git("update-ref", "-d", branch);
    },
  };
}
