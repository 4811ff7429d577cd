// The same steps as others send them: everything every time, with and without the cache, and everything until it is summed
// up at 167,000 tokens. And the limit: each new token written once, and of the rest only what must be there read again.
import type { Usage } from "../../src/core/log/parts.js";
import { added } from "./billed.js";
import type { DrawnStep } from "./drawn-steps.js";

const COMPACTS_AT = 167_000;
const SUMMARY = 4_000;
/** What a call and its result cost beside their text: names, ids, braces. */
const AROUND = 50;
const NONE: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

const output = (step: DrawnStep): number => step.words + step.input;

export function withoutCache(steps: readonly DrawnStep[], constant: number): Usage {
  return history(steps, constant, (prompt, _fresh, step) => ({ ...NONE, input: prompt, output: output(step) }));
}

export function withCache(steps: readonly DrawnStep[], constant: number): Usage {
  return history(steps, constant, cached);
}

/** The summary is asked for in the same conversation, so that it reads the cache, and is what goes on. */
export function compacted(steps: readonly DrawnStep[], constant: number): Usage {
  let usage = NONE;
  let prompt = constant;
  let fresh = constant;
  for (const step of steps) {
    if (prompt > COMPACTS_AT) {
      usage = added(usage, { ...cached(prompt, fresh, { ...step, late: false }), output: SUMMARY });
      prompt = constant + SUMMARY;
      fresh = SUMMARY;
    }
    usage = added(usage, cached(prompt, fresh, step));
    fresh = output(step) + step.result + AROUND;
    prompt += fresh;
  }
  return usage;
}

export function atTheLimit(steps: readonly DrawnStep[], constant: number): Usage {
  return steps.reduce((usage, step) => added(usage, { input: 0, output: output(step), cacheRead: constant, cacheWrite: output(step) + step.result + AROUND }), { ...NONE, cacheWrite: constant });
}

function history(steps: readonly DrawnStep[], constant: number, bill: (prompt: number, fresh: number, step: DrawnStep) => Usage): Usage {
  let usage = NONE;
  let prompt = constant;
  let fresh = constant;
  for (const step of steps) {
    usage = added(usage, bill(prompt, fresh, step));
    fresh = output(step) + step.result + AROUND;
    prompt += fresh;
  }
  return usage;
}

/** After more than five minutes everything is written again. */
function cached(prompt: number, fresh: number, step: DrawnStep): Usage {
  const write = step.late ? prompt : fresh;
  return { input: 0, output: output(step), cacheRead: prompt - write, cacheWrite: write };
}
