// A length of time in one short word: rows have little room.

/** Milliseconds as 40 ms, 12 s, 9 min, 2.5 h or 3 days. */
export function amount(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${String(Math.round(ms / 1_000))} s`;
  if (ms > 48 * 3_600_000) return `${String(Math.round(ms / 86_400_000))} days`;
  return ms < 3_600_000 ? `${String(Math.round(ms / 60_000))} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
