// kill -9 of the editor's extension host, in a real workbench: while a run works, and while a person answers, judges, lands
// and takes the landing back.
import { fileURLToPath } from "node:url";
import { chanceOf } from "../../chance.js";
import { performed } from "../crashes/performance.js";
import { noEditor } from "../editor/editor.js";
import { firedAt, type Kills } from "../editor/fired-at.js";
import { partsScenario } from "../editor/shift.js";
import type { Outcome, Proving, Row } from "../row.js";

const DIST = fileURLToPath(new URL("../../../../dist", import.meta.url));

const WHOLE = { runs: 4, kills: { parts: 3, verdicts: 3, landings: 4 } } as const;
const QUICK = { runs: 1, kills: { parts: 1, verdicts: 1, landings: 1 } } as const;

export const editorKills: Row = {
  id: "editor-kills",
  title: "kill -9 of the editor's extension host: while a run works, and during answers, verdicts, landings and their undo",
  target: "the run goes on untouched; 0 events lost, 0 effects twice, 0 refused conversations",
  notWithTests: "an editor that comes up after each kill takes minutes on a busy machine, and a command of the palette may lose its keys to it meanwhile",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size, seed } = proving;
  const why = await noEditor();
  if (why !== undefined) return { kind: "not shown", why };
  const { runs, kills }: { readonly runs: number; readonly kills: Kills } = size === "whole" ? WHOLE : QUICK;
  const short: string[] = [];
  const done: string[] = [];
  const alone = await performed(partsScenario(kills.parts), DIST, () => Promise.resolve(), undefined);
  if (alone.problems.length > 0) short.push(`by the command line, without any kill: ${alone.problems.join(" · ")}`);
  for (let n = 0; n < runs; n += 1) {
    const drawn = seed * 10_000 + n;
    try {
      const one = await firedAt(kills, chanceOf(drawn), alone.ending, (text) => { proving.say(text); });
      done.push(...one.kills);
      if (one.problems.length > 0) short.push(`the run with the seed ${String(drawn)}: ${one.problems.join(" · ")}, after ${one.kills.join("; ")}`);
    } catch (error) {
      short.push(`the run with the seed ${String(drawn)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const wanted = runs * (2 * kills.parts + kills.verdicts + kills.landings);
  const figure = `${String(done.length)} of ${String(wanted)} kills in ${String(runs)} runs that were started in the editor: ${short.length === 0 ? "0 events lost, 0 effects twice, 0 refused conversations, each run ended by its one process as it does without an editor" : `${String(short.length)} runs fell short`}`;
  return { kind: "shown", figure, met: short.length === 0, short, details: { kills: done } };
}
