// A run that is on its way: what tests of people and of failures in the middle of one need.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { EventKind, EventOf, LoggedEvent } from "../../src/core/log/event.js";
import type { Lab, Said } from "./lab.js";

export interface Begun {
  readonly id: string;
  readonly said: Promise<Said>;
}

/** Starts `vigil run` and resolves once the run's folder is there. */
export async function begun(lab: Lab, stage: string, task = "Work"): Promise<Begun> {
  const { said } = lab.start("run", task, "--stage", stage, "--json");
  const runs = join(lab.repo, ".git", "vigil", "runs");
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    const [id] = existsSync(runs) ? readdirSync(runs).filter((name) => !name.startsWith(".")) : [];
    if (id !== undefined) return { id, said };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no run appeared: ${(await said).stderr}`);
}

export function all<K extends EventKind>(lab: Lab, id: string, kind: K): (LoggedEvent & EventOf<K>)[] {
  return lab.events(id).filter((event): event is LoggedEvent & EventOf<K> => event.kind === kind);
}

/** Resolves with the first event of the kind that `wanted` accepts. */
export async function happens<K extends EventKind>(lab: Lab, id: string, kind: K, wanted: (event: EventOf<K>) => boolean = () => true): Promise<LoggedEvent & EventOf<K>> {
  const event = await lab.event(id, (one) => one.kind === kind && wanted(one as LoggedEvent & EventOf<K>));
  return event as LoggedEvent & EventOf<K>;
}

/** The worker's process. */
export async function workerOf(lab: Lab, id: string): Promise<number> {
  return (await happens(lab, id, "runner.started", (event) => event.role === "worker")).pid;
}

/** Resolves when no process of that id is left. */
export async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; ) {
    if (!existsSync(`/proc/${String(pid)}`)) return;
    if (Date.now() > deadline) throw new Error(`process ${String(pid)} did not go: ${execFileSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" })}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Command lines of this machine that hold the word. */
export function processesWith(word: string): string[] {
  return execFileSync("ps", ["-eo", "args="], { encoding: "utf8" }).split("\n").filter((line) => line.includes(word));
}
