// A wall clock that can be set while a program runs: every Node process that is started with it reads from a file by how
// much it is off. Timers and the steady clock are the machine's own, as they are when somebody sets a real clock.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const DAY = 86_400_000;

export interface WallClock {
  /** For the environment of the programs. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on the clock shows so many milliseconds more than it should. */
  shift(ms: number): void;
}

const PROGRAM = `
import { readFileSync } from "node:fs";
const file = process.env.SHIFTED_BY;
const Real = Date;
const now = () => Real.now() + Number(readFileSync(file, "utf8"));
globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
`;

export function wallClock(folder: string): WallClock {
  const program = join(folder, "shifted-clock.mjs");
  const file = join(folder, "shifted-by");
  writeFileSync(program, PROGRAM);
  writeFileSync(file, "0");
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(program).href}`, SHIFTED_BY: file },
    shift: (ms) => { writeFileSync(file, String(ms)); },
  };
}
