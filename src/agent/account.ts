// What the agent said and did in the part of the conversation that is no longer sent, and what the supervisor told it, for
// the brief that takes its place. Made from the record alone: never a summary of the model's, and no failure is left out.
import type { EventOf, LoggedEvent } from "../core/log/event.js";
import { replyContent } from "./messages.js";
import type { Workbench } from "./workbench.js";

/** Characters of the newest replies that are told of. */
const MOST = 5_000;
const LONGEST_WORDS = 400;
const LONGEST_FAILURE = 200;

type Received = EventOf<"turn.received">;

/** Sections to put after the brief, about everything before the place `from` in the log. */
export async function account(bench: Pick<Workbench, "events" | "blobs">, from: number): Promise<string> {
  const events = bench.events();
  const end = events.findLastIndex((event) => event.seq < from);
  const sections: (readonly [heading: string, lines: readonly string[]])[] = [
    ["What the supervisor told you, word for word", await supervisorsWords(bench, events, end)],
    ["What you said and did before this, oldest first. Its results are no longer here: call again for what you still need.", await newestSteps(bench, events, end)],
  ];
  return sections.flatMap(([heading, lines]) => (lines.length === 0 ? [] : [`\n# ${heading}\n${lines.map((line) => `- ${line}`).join("\n")}\n`])).join("");
}

/** Each once. A reminder after a silence has done its work when the agent has replied. */
async function supervisorsWords({ blobs }: Pick<Workbench, "blobs">, events: readonly LoggedEvent[], end: number): Promise<readonly string[]> {
  const ids = new Set<string>();
  // The one look through the whole log; a plain loop, because the log may be long.
  for (let at = 0; at <= end; at += 1) {
    const event = events[at];
    if (event?.kind === "message.added" && event.from === "supervisor" && event.nudge !== true) ids.add(event.text);
  }
  return Promise.all([...ids].map((id) => blobs.text(id)));
}

async function newestSteps(bench: Pick<Workbench, "blobs">, events: readonly LoggedEvent[], end: number): Promise<readonly string[]> {
  const told: string[] = [];
  const abouts = new Map<string, string>();
  const results = new Map<string, EventOf<"step.finished">>();
  let size = 0;
  for (let at = end; at >= 0; at -= 1) {
    const event = events[at];
    if (event?.kind === "step.intended") abouts.set(event.call, event.about);
    if (event?.kind === "step.finished") results.set(event.call, event);
    if (event?.kind !== "turn.received") continue;
    const lines = await linesOf(bench, event, abouts, results);
    size += lines.join("\n").length;
    if (size > MOST) break;
    told.unshift(...lines);
  }
  return told;
}

async function linesOf({ blobs }: Pick<Workbench, "blobs">, reply: Received, abouts: ReadonlyMap<string, string>, results: ReadonlyMap<string, EventOf<"step.finished">>): Promise<readonly string[]> {
  const content = replyContent.parse(JSON.parse(await blobs.text(reply.reply)));
  const words = content.flatMap((block) => (block.type === "text" ? [String(block["text"])] : [])).join(" ");
  const calls = await Promise.all(
    reply.calls.map(async (call) => {
      const result = results.get(call.id);
      const about = abouts.get(call.id) ?? "";
      const failed = result === undefined || result.outcome === "ok" ? "" : `: ${line(await blobs.text(result.result), LONGEST_FAILURE)}`;
      return `${call.tool}${about === "" || about === call.tool ? "" : ` ${about}`} (${result?.outcome ?? "no result"})${failed}`;
    }),
  );
  return words.trim() === "" ? calls : [`You said: ${line(words, LONGEST_WORDS)}`, ...calls];
}

function line(text: string, most: number): string {
  const flat = text.replaceAll(/\s+/gu, " ").trim();
  return flat.length <= most ? flat : `${flat.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
