// What bash really does with a line: it is run within the walls, in the shell that the agent gets, with stand-ins on the
// path that do nothing but write down how they were called. Ground truth instead of an opinion about quoting.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFixture, type Fixture } from "../../sandbox/fixture.js";
import type { Workshop } from "../../../src/sandbox/workshop.js";

/** A program and its arguments, as the kernel handed them over. */
export type Call = readonly string[];

export interface Happened {
  /** Calls of stand-ins, in the order in which they began. */
  readonly calls: readonly Call[];
  /** Files in the working folder that were not there before. */
  readonly made: readonly string[];
}

export interface Truth {
  /** The folder of the stand-ins, absolute. */
  readonly standIns: string;
  of(line: string): Promise<Happened>;
  close(): Promise<void>;
}

const PROGRAMS = ["npm", "git", "rm", "ls", "wc", "tsc"] as const;
const RUNNERS = ["sudo", "doas"] as const;
const START = "\u0002";
const TIMEOUT_MS = 6_000;

export async function truthWithin(folder: string): Promise<Truth> {
  const fixture = makeFixture(folder);
  const standIns = join(fixture.root, ".stand-ins");
  const calls = join(fixture.root, ".calls");
  mkdirSync(standIns);
  for (const name of [...PROGRAMS, ...RUNNERS]) {
    const runs = RUNNERS.some((runner) => runner === name) ? '\nexec "$@"' : "";
    writeFileSync(join(standIns, name), `#!/bin/sh\nprintf '%s\\000' "${START}" "\${0##*/}" "$@" >>'${calls}'${runs}\n`);
    chmodSync(join(standIns, name), 0o755);
  }
  let workshop = await fixture.workshop();
  return {
    standIns,
    async of(line) {
      const place = freshPlace(fixture);
      rmSync(calls, { force: true });
      const opening = `shopt -s expand_aliases; export PATH='${standIns}':"$PATH"; cd '${place}'`;
      const opened = await call(workshop, { restart: true, command: opening });
      if (opened !== "ok") throw new Error(`the shell could not be made ready: ${opened}`);
      if ((await call(workshop, { command: line })) === "lost") workshop = await fixture.workshop();
      return { calls: callsIn(calls), made: readdirSync(place).filter((name) => name !== "src").sort() };
    },
    close: () => fixture.remove(),
  };
}

function freshPlace(fixture: Fixture): string {
  const place = join(fixture.root, "work");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, "src"), { recursive: true });
  writeFileSync(join(place, "src", "a.js"), "1\n");
  return place;
}

async function call(workshop: Workshop, input: unknown): Promise<"ok" | "error" | "lost"> {
  return (await workshop.call({ id: "truth", tool: "bash", input, timeoutMs: TIMEOUT_MS })).kind;
}

function callsIn(file: string): readonly Call[] {
  if (!existsSync(file)) return [];
  const calls: string[][] = [];
  for (const word of readFileSync(file, "utf8").split("\0").slice(0, -1)) {
    if (word === START) calls.push([]);
    else calls.at(-1)?.push(word);
  }
  return calls;
}
