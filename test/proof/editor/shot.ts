// When the extension host is killed: so long after the person's last key, after what they asked lies in the run's inbox, or
// after the run's log grew.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../runner/lab.js";
import type { Chance } from "../../chance.js";

/** Milliseconds in which a key has led to a command in the inbox, on most machines. */
const ASKING = 500;
const AFTER = 60;
/** Milliseconds after which what does not come is waited for no longer. */
const PATIENCE = 8_000;
const LOOK = 2;

export interface Shot {
  readonly from: "key" | "posted" | "written";
  readonly ms: number;
}

export function drawnShot(chance: Chance): Shot {
  const from = chance.pick(["key", "posted", "written"] as const);
  return { from, ms: chance.below(from === "key" ? ASKING : AFTER) };
}

/** Looks at the run before the key; what it gives is called with the key, and resolves at the moment. */
export function aimed(lab: Lab, id: string, { from, ms }: Shot): () => Promise<void> {
  const inbox = join(lab.runFolder(id), "inbox");
  const log = join(lab.runFolder(id), "log.jsonl");
  const size = (): number => (existsSync(log) ? statSync(log).size : 0);
  const before = size();
  // A living runner takes a command up at once, and its file may be gone before it was seen.
  const came = (): boolean => size() > before || (from === "posted" && readdirSync(inbox).some((name) => name.endsWith(".json")));
  return async () => {
    if (from !== "key") for (const deadline = performance.now() + PATIENCE; !came() && performance.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, LOOK));
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
}

export const shotName = ({ from, ms }: Shot): string => `${String(ms)} ms after ${from === "key" ? "the key" : from === "posted" ? "the command was posted" : "the log grew"}`;
