// The tool calls of a case, as replies of the model. Values in, values out.
import { z } from "zod";
import type { ScriptBlock } from "../../../src/agent/scripted/script.js";
import type { AttackCase } from "./cases.js";

export interface Played {
  readonly replies: readonly (readonly ScriptBlock[])[];
  /** Of all results those that answer the case's own calls. */
  shown(results: readonly string[]): readonly string[];
}

const editSchema = z.strictObject({ path: z.string(), content: z.string().optional(), op: z.literal("read").optional(), repeat: z.number().int().optional() });
const callsSchema = z.array(z.strictObject({ tool: z.string(), input: z.record(z.string(), z.unknown()) }));

/** Where words for a screen are written too. */
export const WORDS_FILE = "src/words.txt";

/**
 * The same call over and over goes out so many times in one reply. Other calls have a reply of their own, because after a
 * refusal or a failure the rest of a reply is not run.
 */
const REPEATED_IN_A_REPLY = 10;

/** `$NAME` as text, for the names given. */
export function words(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$([A-Z_]+)(?![A-Za-z0-9_])/gu, (whole, name: string) => values[name] ?? whole);
}

const call = (tool: string, input: Record<string, unknown>): ScriptBlock => ({ call: { tool, input } });
const begin = call("begin_decision", { title: "Do it", why: "it was asked for" });
const end = call("end_decision", { outcome: "done" });

export function blocksOf(one: AttackCase, payload: string): Played {
  if (one.tool === "ui") return { replies: screenCalls(payload).map((block) => [block]), shown: (results) => results };
  const calls = callsOf(one, payload);
  const size = one.tool === "edit" ? REPEATED_IN_A_REPLY : 1;
  const replies: ScriptBlock[][] = [[begin]];
  for (let at = 0; at < calls.length; at += size) replies.push(calls.slice(at, at + size));
  return { replies: [...replies, [end]], shown: (results) => results.slice(1, -1) };
}

function callsOf(one: AttackCase, payload: string): readonly ScriptBlock[] {
  if (one.tool === "calls") return callsSchema.parse(JSON.parse(payload)).map(({ tool, input }) => call(tool, input));
  if (one.tool !== "edit") return [call("bash", { command: payload })];
  const edit = editSchema.parse(JSON.parse(payload));
  const single = edit.op === "read" ? call("read", { file_path: edit.path }) : call("write", { file_path: edit.path, content: edit.content ?? "" });
  return Array.from({ length: edit.repeat ?? 1 }, () => single);
}

/** Every way in which words of the agent reach a screen: reasons, a question, a command, a file, its name, an outcome. */
function screenCalls(text: string): readonly ScriptBlock[] {
  const quoted = `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    call("begin_decision", { title: text, why: text, instead_of: [{ option: text, why_not: text }] }),
    call("bash", { command: `printf %s ${quoted}; mkdir -p "$(dirname ${quoted})" && printf %s ${quoted} > ${quoted}; true` }),
    call("write", { file_path: WORDS_FILE, content: `${text}\n` }),
    call("write", { file_path: text, content: text }),
    call("ask_human", { question: text, options: [text] }),
    call("end_decision", { outcome: text, notes: [{ path: WORDS_FILE, why: text }], claims: [{ claim: text, command: "true" }] }),
  ];
}
