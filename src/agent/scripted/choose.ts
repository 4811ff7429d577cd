// Which turn of a script answers a request. It looks at the conversation only, so that a server which was restarted in
// between gives the same answer.
import type { CheckedMessage, CheckedRequest } from "./check-request.js";
import type { Script, Turn } from "./script.js";

/** `key` names the turn, so that troubles can be counted for it: one that the script chose itself by what it is. */
export interface Chosen {
  readonly key: string | Turn;
  readonly turn: Turn;
}

const OVER: Turn = { blocks: [{ say: "The script has nothing more to say." }] };

export function choose(script: Script, request: CheckedRequest): Chosen {
  const own = script.choose?.(request);
  const replies = request.messages.filter((message) => message.role === "assistant");
  const repeated = script.repeatInterrupted === false ? 0 : interruptions(request.messages);
  const said = replies.length - repeated;
  if (own !== undefined) return { key: own, turn: own };
  const last = request.messages.at(-1);
  if (last?.role === "assistant") return continued(script, said - 1);
  const rule = script.rules?.findIndex((entry) => entry.when.lastContains.every((text) => JSON.stringify(last?.content).includes(JSON.stringify(text).slice(1, -1)))) ?? -1;
  const matched = script.rules?.[rule];
  if (matched !== undefined) return { key: `rule ${String(rule)} at ${String(replies.length)}`, turn: matched.turn };
  return { key: `turn ${String(said)}`, turn: script.turns[said] ?? script.after ?? OVER };
}

function continued(script: Script, index: number): Chosen {
  const turn = script.turns[index]?.then;
  return { key: `rest of ${String(index)}`, turn: turn === undefined ? (script.after ?? OVER) : turn };
}

/** Replies that must be said again, because a call of theirs was broken off. */
function interruptions(messages: readonly CheckedMessage[]): number {
  return messages.filter((message) => message.role === "user" && message.content.some((block) => block.type === "tool_result" && textOf(block.content).startsWith("interrupted"))).length;
}

function textOf(content: string | readonly { readonly text: string }[] | undefined): string {
  return typeof content === "object" ? content.map((part) => part.text).join("\n") : (content ?? "");
}
