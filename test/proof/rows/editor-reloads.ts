// Fifty reloads of the editor's window beside a run that works: it goes on untouched, and nothing grows or is left behind.
import { reloaded, type Look } from "../editor/reloaded.js";
import { noEditor } from "../editor/editor.js";
import { grown } from "../soak/places.js";
import type { Outcome, Proving, Row } from "../row.js";

const RELOADS = { whole: 50, quick: 4 } as const;
/** Looks that count as one: what is busy by chance at one is not at all of them. */
const LOOKS = { whole: 5, quick: 2 } as const;
/** Bytes. */
const MOST = 50e6;

export const editorReloads: Row = {
  id: "editor-reloads",
  title: "50 reloads of the editor's window beside a run that works",
  target: "0 events lost, 0 effects twice, the run goes on untouched, the timeline comes back; growth under 50 MB, no leaked handle or process",
  notWithTests: "what stays after a few reloads says little, and that a timeline comes back from one is played in the tests of the extension",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const why = await noEditor();
  if (why !== undefined) return { kind: "not shown", why };
  const { size } = proving;
  const { problems, looks, verdicts, events } = await reloaded(RELOADS[size], (text) => { proving.say(text); });
  const [before, after] = [looks.slice(0, LOOKS[size]), looks.slice(-LOOKS[size])];
  const growth = { host: least(after, "host") - least(before, "host"), runner: least(after, "runner") - least(before, "runner") };
  const large = Object.entries(growth).flatMap(([what, bytes]) => (bytes < MOST ? [] : [`the ${what === "host" ? "extension host" : "run's process"} grew by ${megabytes(bytes)}`]));
  const short = [...problems, ...large, ...leaks(before, after)];
  const figure = `${String(looks.length)} reloads beside a run of ${events.toLocaleString("en")} events, ${String(verdicts.given)} of them right after a verdict (${String(verdicts.taken)} arrived): extension host ${megabytes(growth.host)}, run's process ${megabytes(growth.runner)} more than after the first ${String(before.length)}; ${String(short.length)} leaks or faults`;
  return { kind: "shown", figure, met: short.length === 0, short, details: { growth, looks: looks.map(({ host, runner, editor, events: at }) => ({ events: at, host: { resident: host.resident, files: host.files.length }, runner: { resident: runner.resident, files: runner.files.length }, processes: editor.length })) } };
}

/** What is there at every look after, and was not at any before. */
function leaks(before: readonly Look[], after: readonly Look[]): readonly string[] {
  const held: Readonly<Record<string, (look: Look) => readonly string[]>> = {
    "files of the extension host": ({ host }) => host.files,
    "files of the run's process": ({ runner }) => runner.files,
    "processes below the run's": ({ runner }) => runner.processes,
    "processes of the editor": ({ editor }) => editor,
  };
  return Object.entries(held).flatMap(([what, of]) => {
    const more = after.map((look) => before.map((earlier) => grown(of(earlier), of(look))).reduce(fewer)).reduce(fewer);
    return more.map((name) => `${what} that were not there after the first reloads: ${name}`);
  });
}

const fewer = <T>(one: readonly T[], other: readonly T[]): readonly T[] => (other.length < one.length ? other : one);

const least = (looks: readonly Look[], whose: "host" | "runner"): number => Math.min(...looks.map((look) => look[whose].resident));

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
