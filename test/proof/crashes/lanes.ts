// Performances side by side: a machine that waits for one run can play another meanwhile.

/** Runs `work` in so many lanes until each of them has nothing more to do. */
export async function inLanes(lanes: number, work: (lane: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
}

/** Milliseconds as a person reads them: median, the twentieth slowest of a hundred, the slowest. */
export function times(ms: readonly number[]): string {
  if (ms.length === 0) return "none";
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (share: number): string => ((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) / 1000).toFixed(2);
  return `median ${at(0.5)} s, p95 ${at(0.95)} s, slowest ${at(1)} s`;
}
