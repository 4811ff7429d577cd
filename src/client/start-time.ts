// When a run shall start, from what a person wrote: a time of day, or a moment in ISO 8601.
import { HumanError } from "../core/error.js";

const HOW = 'Write a time of day like 22:00, or a moment like 2026-11-27T06:30 (local) or 2026-11-27T06:30Z.';
/** A start further away than this is a slip of the keys, in days. */
const FURTHEST = 30;
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?$/u;

/**
 * Epoch milliseconds. A time of day is the next one that the clock shows: tomorrow's where today's is past. Throws HumanError
 * (exit 2) for what cannot be read, is past, or is more than 30 days away.
 */
export function startTime(text: string, now: Date): number {
  const at = timeOfDay(text.trim(), now) ?? moment(text.trim());
  if (at === undefined) throw new HumanError(`"${text.slice(0, 60)}" is no time that a run could start at. ${HOW}`, 2);
  if (at <= now.getTime()) throw new HumanError(`"${text}" is past, so no run can start then. Leave --at out to start now, or name a later moment.`, 2);
  if (at > now.getTime() + FURTHEST * 86_400_000) throw new HumanError(`"${text}" is more than ${String(FURTHEST)} days away; a run would wait for it all that time. Name an earlier moment.`, 2);
  return at;
}

function timeOfDay(text: string, now: Date): number | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/u.exec(text)?.map(Number) ?? [];
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59) return undefined;
  const at = new Date(now);
  at.setHours(hour, minute, 0, 0);
  // By the calendar and not by 24 hours, because a night may have 23 or 25.
  if (at.getTime() <= now.getTime()) at.setDate(at.getDate() + 1);
  return at.getTime();
}

function moment(text: string): number | undefined {
  const found = MOMENT.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part: string | undefined) => Number(part ?? 0)) as [number, number, number, number, number, number];
  // A day that the month does not have rolls over into the next one, which nobody meant.
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= new Date(year, month, 0).getDate();
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const at = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(at) ? undefined : at;
}
