// A scenario performed under fire, and everything that must hold afterwards, compared with one that nobody disturbed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ScriptedModel } from "../../../src/agent/scripted/server.js";
import type { Lab } from "../../runner/lab.js";
import { endingOf, locksIn, wrongIn } from "./ending.js";
import { Play } from "./play.js";
import { leftOf, processesNaming } from "./processes.js";
import type { Scenario } from "./scenario.js";

/** Kills, from the beginning of a performance until `over` aborts. */
export type Fire = (play: Play, over: AbortSignal) => Promise<void>;

export interface Performed {
  /** Empty when everything held. */
  readonly problems: readonly string[];
  readonly resumed: readonly number[];
  /** How the scenario ended, to be compared. */
  readonly ending: string;
  readonly kinds: ReadonlySet<string>;
}

/** `expected`: the ending of an undisturbed performance; undefined for that one itself. */
export async function performed(scenario: Scenario, dist: string, fire: Fire, expected: string | undefined, environment: Readonly<Record<string, string>> = {}): Promise<Performed> {
  const play = new Play(scenario, dist);
  const { lab } = play;
  const over = new AbortController();
  try {
    lab.env = { ...environment };
    const model = await lab.serve(scenario.script);
    const settings = join(lab.repo, ".vscode", "settings.json");
    const committed = readFileSync(settings, "utf8");
    const before = ownFiles(lab.fingerprint());
    const firing = fire(play, over.signal);
    try {
      await play.perform();
    } finally {
      over.abort();
      await firing;
    }
    const ids = play.ids();
    if (readFileSync(settings, "utf8") !== committed) writeFileSync(settings, committed);
    const { ending, problems } = await endedWith(lab, model, ids, before, expected);
    return { problems: [...play.problems, ...problems], resumed: play.resumed, ending, kinds: new Set(ids.flatMap((id) => lab.events(id).map((event) => event.kind))) };
  } finally {
    over.abort();
    await lab.close();
  }
}

/**
 * How runs ended, and everything that must not be then, as sentences. `before` is what `ownFiles` gave of the checkout
 * before them; `expected` undefined: nothing is known to compare the ending with.
 */
export async function endedWith(lab: Lab, model: ScriptedModel, ids: readonly string[], before: Readonly<Record<string, string>>, expected: string | undefined): Promise<{ readonly ending: string; readonly problems: readonly string[] }> {
  const left = await leftOf(processesNaming(lab.home));
  const ending = endingOf(lab, ids);
  const problems = [
    ...left.map((line) => `a process is left: ${line}`),
    ...locksIn(lab).map((lock) => `a lock is left: ${lock}`),
    ...model.requests.flatMap((request) => (request.problem === undefined ? [] : [`the service refused a request: ${request.problem}`])),
    ...ids.flatMap((id) => wrongIn(lab.events(id))),
    ...(expected === undefined || ending === expected ? [] : [`it ended otherwise: ${difference(expected, ending)}`]),
  ];
  for (const id of ids) {
    const verified = await lab.vigil("verify", id);
    if (verified.code !== 0) problems.push(`vigil verify: ${verified.stdout} ${verified.stderr}`);
  }
  const after = ownFiles(lab.fingerprint());
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) if (before[name] !== after[name]) problems.push(`the user's checkout changed: ${name}`);
  return { ending, problems };
}

/** What a landing adds is its branch and that branch's reflog; everything else is the user's. */
export function ownFiles(files: Readonly<Record<string, string>>): Record<string, string> {
  const rest = Object.entries(files).filter(([name]) => !/^\.git\/(logs\/)?refs\/heads\/vigil\//.test(name));
  return Object.fromEntries(rest.map(([name, value]) => [name, name === "(refs)" ? value.split("\n").filter((line) => !line.includes("refs/heads/vigil/")).join("\n") : value]));
}

function difference(expected: string, actual: string): string {
  const [was, is] = [expected.split("\n"), actual.split("\n")];
  const at = was.findIndex((line, n) => line !== is[n]);
  return `"${(was[at] ?? "").trim()}" is now "${(is[at] ?? "").trim()}" (line ${String(at)})`;
}
