// Tries a regular expression on lines in a thread of its own, because the expression is the model's: one that backtracks
// for ever must cost the runner nothing, and can be ended. The thread sees the lines and no environment.
import { Worker } from "node:worker_threads";
import { z } from "zod";

export type Match =
  /** Indexes of the lines that match, in order. */
  | { readonly kind: "matched"; readonly lines: readonly number[] }
  /** The signal aborted before the answer came. */
  | { readonly kind: "ended" }
  /** The expression cannot be tried, such as one that is too large when compiled. */
  | { readonly kind: "failed"; readonly why: string };

export interface Matcher {
  /** One call at a time. */
  match(lines: readonly string[]): Promise<Match>;
  close(): Promise<void>;
}

const answerSchema = z.union([z.object({ lines: z.array(z.number().int()) }), z.object({ why: z.string() })]);

/** Megabytes: an expression that nests deeply needs more than a thread usually has. */
const STACK = 8;

const PROGRAM = `
const { parentPort, workerData } = require("node:worker_threads");
let expression;
parentPort.on("message", (lines) => {
  try {
    expression ??= new RegExp(workerData.source, workerData.flags);
    const found = [];
    for (let n = 0; n < lines.length; n += 1) if (expression.test(lines[n])) found.push(n);
    parentPort.postMessage({ lines: found });
  } catch (error) {
    parentPort.postMessage({ why: String(error && error.message) });
  }
});
`;

/** The caller closes it. `expression` must be neither global nor sticky: those remember where they stopped. */
export function startMatcher(expression: RegExp, signal: AbortSignal): Matcher {
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { source: expression.source, flags: expression.flags },
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: STACK },
  });
  let settle: ((match: Match) => void) | undefined;
  let over: Match | undefined;
  const end = (match: Match): void => {
    over ??= match;
    settle?.(over);
  };
  const stop = (): void => {
    end({ kind: "ended" });
    void worker.terminate();
  };
  worker.on("message", (message: unknown) => {
    const answer = answerSchema.parse(message);
    settle?.("lines" in answer ? { kind: "matched", lines: answer.lines } : { kind: "failed", why: answer.why });
  });
  worker.on("error", (error: unknown) => end({ kind: "failed", why: error instanceof Error ? error.message : String(error) }));
  worker.on("exit", () => end({ kind: "ended" }));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return {
    match(lines) {
      if (over !== undefined) return Promise.resolve(over);
      return new Promise((resolve) => {
        settle = resolve;
        worker.postMessage(lines);
      });
    },
    async close() {
      signal.removeEventListener("abort", stop);
      await worker.terminate();
    },
  };
}
