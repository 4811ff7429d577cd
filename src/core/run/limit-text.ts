// A limit and what is used of it, in words.
import type { LimitName } from "../log/limits.js";
import { grouped } from "./amounts.js";

/** As $3.20 of $10.00 (32 %), or 40 of 500 steps (8 %). */
export function limitText({ limit, used, of }: { readonly limit: LimitName; readonly used: number; readonly of: number }): string {
  return `${amountText(limit, used, of)} (${String(Math.floor((used / of) * 100))} %)`;
}

export const LIMIT_NAMES: Readonly<Record<LimitName, string>> = { usd: "money", tokens: "tokens", hours: "hours of work", steps: "steps", files: "files", lines: "lines", "perDay.usd": "money today" };

/** An amount of a limit alone: $20.00, or 500 steps. */
export function limitAmount(limit: LimitName, value: number): string {
  switch (limit) {
    case "usd":
    case "perDay.usd":
      return `$${value.toFixed(2)}`;
    case "hours":
      return `${oneDigit(value)} ${value === 1 ? "hour" : "hours"}`;
    case "tokens":
    case "steps":
    case "files":
    case "lines":
      return `${grouped(Math.round(value))} ${limit}`;
  }
}

function amountText(limit: LimitName, used: number, of: number): string {
  switch (limit) {
    case "usd":
    case "perDay.usd":
      return `$${used.toFixed(2)} of $${of.toFixed(2)}`;
    case "hours":
      return `${oneDigit(used)} of ${oneDigit(of)} hours`;
    case "tokens":
    case "steps":
    case "files":
    case "lines":
      return `${grouped(Math.round(used))} of ${grouped(Math.round(of))} ${limit}`;
  }
}

function oneDigit(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
