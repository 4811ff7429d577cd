// Times of day as minutes after midnight. A negative number is the evening before.

const MINUTES_A_DAY = 24 * 60;

/** "07:30" → 450. Throws when the text is no time of day. */
export function parseTime(text) {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not a time such as 07:30`);
  return Number(match[1]) * 60 + Number(match[2]);
}

/** 450 → "07:30". */
export function formatTime(minutes) {
  const ofDay = minutes % MINUTES_A_DAY;
  const hours = Math.floor(ofDay / 60);
  return `${String(hours).padStart(2, "0")}:${String(ofDay % 60).padStart(2, "0")}`;
}
