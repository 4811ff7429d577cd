// Amounts that only a list of runs shows; the others are core's.

/** US dollars; null is a price that nobody knows, which is never shown as zero. */
export function dollars(usd: number | null): string {
  return usd === null ? "cost unknown" : `$${usd.toFixed(2)}`;
}

/** Local date and time to the minute: whoever asks sits in front of this machine. */
export function localMinute(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** How long ago something was, in the largest unit that says enough: 4 min ago, 3 h ago, 12 days ago. */
export function ago(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${String(minutes)} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${String(hours)} h ago`;
  return `${String(Math.floor(hours / 24))} days ago`;
}
