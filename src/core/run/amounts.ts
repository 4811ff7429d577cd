// How counts, money, durations and moments read. Plain words, no rounding that hides something.
import type { Spent } from "./run.js";

/** `1 file`, `2 files`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

/** A whole number with its thousands apart: 12,480. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}

/** What was spent on the model. A turn without a known price is named, never counted as zero. */
export function money(spent: Pick<Spent, "usd" | "unpriced" | "estimated" | "turns">): string {
  if (spent.turns === 0) return "$0.00";
  if (spent.unpriced && spent.usd === 0) return "cost unknown (the model has no price)";
  const known = spent.usd > 0 && spent.usd < 0.01 ? "under $0.01" : `${spent.estimated ? "about " : ""}$${spent.usd.toFixed(2)}`;
  return spent.unpriced ? `${known} and turns of unknown price` : known;
}

/** What was spent as a number, to the millionth of a dollar: sums of binary fractions carry noise beyond. Null: not all is priced. */
export function usd(spent: Pick<Spent, "usd" | "unpriced">): number | null {
  return spent.unpriced ? null : Math.round(spent.usd * 1e6) / 1e6;
}

/** Milliseconds as 4 s, 3 min 05 s, or 2 h 07 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min ${twoDigits(seconds % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

/** Epoch milliseconds as 2026-11-22 05:42 UTC: a report is read in other time zones than it was made in. */
export function utcMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function twoDigits(n: number): string {
  return String(n).padStart(2, "0");
}
