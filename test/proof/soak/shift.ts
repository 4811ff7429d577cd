// The long shift that the scripted model orders: replies of many cheap calls around one decision each, and now and then a
// pause in which the runner does nothing but wait for an answer, so that it can be looked at.
import type { CheckedRequest } from "../../../src/agent/scripted/check-request.js";
import type { Script, ScriptBlock, Turn } from "../../../src/agent/scripted/script.js";
import { bash, begin, call, end, finish, write } from "../../runner/scripts.js";

export interface Shift {
  /** Replies that work; each holds `calls` calls. */
  readonly replies: number;
  readonly calls: number;
  /** Before these replies (counted from 0, and `replies` for the very end) the runner waits a while, several times. */
  readonly pauses: readonly number[];
  /** Called when the request of a pause has come: the runner waits now. `before` names the pause. */
  readonly paused: (before: number) => Promise<void>;
}

/** Times that one pause is looked at: what is busy by chance at one look is not at all of them. */
const LOOKS = 3;
/** Milliseconds between two events of a pause's reply; it has eight. */
const SLOW_MS = 80;
/** Every so many replies the decision claims something, and a check is run for it. */
const CLAIM_EVERY = 20;

/** Also the number of tool calls that all replies hold together. */
export function shiftScript(shift: Shift): { readonly script: Script; readonly calls: number } {
  const order: (number | "look")[] = [];
  for (let reply = 0; reply <= shift.replies; reply += 1) {
    if (shift.pauses.includes(reply)) order.push(...Array.from({ length: LOOKS }, () => "look" as const));
    if (reply < shift.replies) order.push(reply);
  }
  let asked = 0;
  let next = 0;
  const choose = (_request: CheckedRequest): Turn => {
    const what = order[asked];
    asked += 1;
    if (what === undefined) return { blocks: [finish("The shift is over.")] };
    if (what === "look") {
      void shift.paused(next);
      return { blocks: [call("read", { file_path: "README.md" })], slowMs: SLOW_MS };
    }
    next = what + 1;
    return { blocks: [...work(what, shift.calls)] };
  };
  const looks = order.filter((one) => one === "look").length;
  return { script: { turns: [], choose }, calls: shift.replies * shift.calls + looks + 1 };
}

/** The calls of one reply: most in the decision, the last ones after it, in a workshop that is new. */
function work(reply: number, calls: number): readonly ScriptBlock[] {
  const inside = calls - 4;
  const claims = reply % CLAIM_EVERY === 0 ? { claims: [{ claim: "it can be read", command: "test -r src/sum.js" }] } : {};
  return [
    begin(`Decision ${String(reply)}`),
    ...Array.from({ length: inside }, (_, n) => cheap(reply, n)),
    end("done", claims),
    call("read", { file_path: "src/sum.js" }),
    bash("true"),
  ];
}

function cheap(reply: number, n: number): ScriptBlock {
  const file = `src/part-${String((reply + n) % 12)}.js`;
  switch (n % 10) {
    case 0:
      return write(file, `exports.part = ${String(reply * 1000 + n)};\n`);
    case 5:
      return bash(`echo ${String(reply * 1000 + n)} >> src/tally.txt && tail -n 3 src/tally.txt > src/tally.new && mv src/tally.new src/tally.txt`);
    case 3:
    case 8:
      return call("glob", { pattern: "src/*.js" });
    case 7:
      return call("grep", { pattern: "exports", path: "src" });
    default:
      return call("read", { file_path: "src/sum.js" });
  }
}
