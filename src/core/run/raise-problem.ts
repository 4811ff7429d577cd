// What is wrong with an amount that a person types for a limit, as a sentence that says what would do.
import type { LimitName } from "../log/limits.js";
import { limitAmount } from "./limit-text.js";

export interface Raising {
  readonly limit: LimitName;
  /** What it is by now; undefined where there is none. */
  readonly now: number | undefined;
  readonly used: number;
}

/** Undefined where the limit can be raised to it. */
export function raiseProblem(text: string, { limit, now, used }: Raising): string | undefined {
  const to = raisedTo(text);
  if (to === undefined) return `Type an amount above zero as a number, such as ${String(now === undefined ? 10 : now * 2)}.`;
  if (now !== undefined && to <= now) return `It is ${limitAmount(limit, now)} already, and a limit is only ever raised here. Type more than that.`;
  if (to <= used) return `${limitAmount(limit, used)} are used already. Type more than that.`;
  return undefined;
}

/** With or without a dollar sign, commas between thousands, or spaces; undefined for what is no number above zero. */
export function raisedTo(text: string): number | undefined {
  const bare = text.trim().replace(/^\$\s*/u, "").replace(/(?<=\d)[, ](?=\d{3}(?:\D|$))/gu, "");
  if (!/^\d+(?:\.\d+)?$/u.test(bare)) return undefined;
  const to = Number(bare);
  return to > 0 && Number.isFinite(to) ? to : undefined;
}
