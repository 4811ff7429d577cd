// Hours in which nobody is to be disturbed, as a person writes them.

/**
 * `hours` as 22:00-07:00, over midnight where the end is earlier than the start; empty means never. The start belongs to
 * them, the end does not. What is no time of day means never: an announcement too many is the smaller harm.
 */
export function isQuiet(hours: string, hour: number, minute: number): boolean {
  const [, fromHour, fromMinute, toHour, toMinute] = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/u.exec(hours)?.map(Number) ?? [];
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined) return false;
  if (Math.max(fromHour, toHour) > 24 || Math.max(fromMinute, toMinute) > 59) return false;
  const [now, from, to] = [hour * 60 + minute, fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  return from <= to ? now >= from && now < to : now >= from || now < to;
}
