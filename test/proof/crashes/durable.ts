// What of each run's log was durable when something was killed, held against the log as it is later: bytes that a run's head
// counts are never taken back.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../runner/lab.js";
import { decodeHead } from "../../../src/store/head.js";

export class Durable {
  readonly #lab: Lab;
  readonly #kept = new Map<string, Buffer>();
  readonly #problems: string[];

  /** `problems` is where it says what was lost. */
  constructor(lab: Lab, problems: string[]) {
    this.#lab = lab;
    this.#problems = problems;
  }

  /** Bytes that the run's head counts now. */
  bytesOf(id: string): number {
    const head = join(this.#lab.runFolder(id), "head");
    return existsSync(head) ? (decodeHead(readFileSync(head))?.bytes ?? 0) : 0;
  }

  /** From now on the first `bytes` of the log must stay as they are. */
  remember(id: string, bytes: number): void {
    this.check(id);
    const log = join(this.#lab.runFolder(id), "log.jsonl");
    if (existsSync(log)) this.#kept.set(id, readFileSync(log).subarray(0, bytes));
  }

  check(id: string): void {
    const kept = this.#kept.get(id) ?? Buffer.alloc(0);
    const log = join(this.#lab.runFolder(id), "log.jsonl");
    if (existsSync(log) && !readFileSync(log).subarray(0, kept.length).equals(kept)) this.#problems.push(`${id} lost events that were durable when it was killed`);
    for (const [gone, bytes] of this.#kept) {
      if (bytes.length > 0 && !existsSync(this.#lab.runFolder(gone))) this.#problems.push(`${gone} is gone, and with it ${String(bytes.length)} durable bytes`);
    }
  }
}
