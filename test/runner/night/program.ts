// What the model says in the long night: six goals, two of which cannot be reached, in about a thousand calls. It goes by what
// it was asked, not by how long the conversation is, because that is trimmed and begun anew on the way.
import { createHash } from "node:crypto";
import type { CheckedRequest } from "../../../src/agent/scripted/check-request.js";
import type { Script, ScriptBlock, Turn } from "../../../src/agent/scripted/script.js";
import { bash, call, end, finish, write } from "../scripts.js";

export const POSSIBLE = ["lexer", "parser", "printer", "docs"] as const;
export const FAILING = "optimizer";
export const LOOPING = "network";
export const ATTEMPTS = 3;

/** Calls in one reply, and replies in one decision. */
const CALLS = 6;
const REPLIES = 8;
const DECISIONS = 5;
/** So long are the results that a run reads again and again: some hundred tokens each. */
const LINES = 40;

export interface Night {
  readonly script: Script;
  /** How many calls the program makes, if none is broken off. */
  readonly calls: number;
}

/** `outageBefore`: the reply before which the service is away for six hours. `told`: is told of every request. */
export function night(outageBefore: number, told: (request: CheckedRequest) => void): Night {
  const replies = [[goals()], ...POSSIBLE.slice(0, 2).flatMap(possible), ...failing(), ...POSSIBLE.slice(2, 3).flatMap(possible), ...looping(), ...POSSIBLE.slice(3).flatMap(possible), [finish("Four of six are done.")]];
  const said = new Map<string, Turn>();
  let at = 0;
  const choose = (request: CheckedRequest): Turn => {
    told(request);
    const asked = createHash("sha256").update(JSON.stringify(request.messages.at(-1))).digest("hex");
    // Asked the same again (a reply was lost with its process, or the service was away), it says the same again.
    const known = said.get(asked);
    if (known !== undefined) return known;
    const blocks = replies[isInterrupted(request) ? at - 1 : at] ?? [{ say: "Nothing more." }];
    if (!isInterrupted(request)) at += 1;
    const turn: Turn = { blocks: [...blocks], ...(at === outageBefore ? { troubles: [{ kind: "status", status: 529, retryAfter: "3600", message: "Overloaded", times: 6 }] } : {}) };
    said.set(asked, turn);
    return turn;
  };
  return { script: { turns: [], choose }, calls: replies.flat().length };
}

function isInterrupted(request: CheckedRequest): boolean {
  return request.messages.at(-1)?.content.some((block) => block.type === "tool_result" && textOf(block.content).startsWith("interrupted")) ?? false;
}

function textOf(content: string | readonly { readonly text: string }[] | undefined): string {
  return typeof content === "object" ? content.map((part) => part.text).join("\n") : (content ?? "");
}

function goals(): ScriptBlock {
  const done = (id: string): string => (id === FAILING ? "echo the optimizer is slower than before; exit 1" : `test -e src/${id}/done.js`);
  return call("set_goals", { goals: ["lexer", "parser", FAILING, "printer", LOOPING, "docs"].map((id) => ({ id, title: `Build the ${id}`, done_when: done(id) })) });
}

const beginFor = (goal: string, title: string): ScriptBlock => call("begin_decision", { title, why: `the ${goal} needs it`, goal });

/** Five decisions, of which the first reaches the goal and the others finish the work. */
function possible(goal: string): (readonly ScriptBlock[])[] {
  return Array.from({ length: DECISIONS }, (_, n) => n).flatMap((n) => [
    [beginFor(goal, `${goal}, part ${String(n + 1)}`)],
    ...Array.from({ length: REPLIES }, (_, reply) => work(goal, n, reply)),
    [write(`src/${goal}/done.js`, `exports.parts = ${String(n + 1)};\n`), end(`part ${String(n + 1)} of the ${goal} stands`)],
  ]);
}

function work(goal: string, n: number, reply: number): readonly ScriptBlock[] {
  const file = `src/${goal}/part${String(n)}.js`;
  const lines = (word: string): string => Array.from({ length: LINES }, (_, line) => `// ${word} ${String(n)}.${String(reply)}.${String(line)} of the ${goal}: a line of a file that somebody would read`).join("\n");
  return Array.from({ length: CALLS }, (_, at): ScriptBlock => (at === 0 ? write(file, `${lines("text")}\n`) : at === CALLS - 1 ? call("grep", { pattern: `${String(reply)}\\.[0-9]+ of the ${goal}`, path: "src" }) : bash(`head -${String(LINES - at)} ${file}; echo ${String(reply)}.${String(at)}`)));
}

/** Its check is red however often it tries. */
function failing(): (readonly ScriptBlock[])[] {
  return Array.from({ length: ATTEMPTS }, (_, n) => n).flatMap((n) => [[beginFor(FAILING, `Try ${String(n + 1)}`)], work(FAILING, n, n), [end(`tried ${String(n + 1)}`)]]);
}

/** The same command fails the same way, whatever it edits in between. */
function looping(): (readonly ScriptBlock[])[] {
  const connect = bash("echo cannot reach the registry; exit 7");
  return [[beginFor(LOOPING, "Connect")], ...Array.from({ length: ATTEMPTS }, (_, n) => [write(`src/${LOOPING}/try${String(n)}.js`, `${String(n)}\n`), connect])];
}
