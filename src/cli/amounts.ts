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
