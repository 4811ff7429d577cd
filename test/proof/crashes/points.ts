// The points at which a process is killed, and who is killed there: the words that the bundles and the measurement share.
import { eventSchema } from "../../../src/core/log/event.js";
import { commandSchema } from "../../../src/core/command.js";

/**
 * `half-written`: a part of its bytes is on the disk. `after-write`: all of them, but the head does not count them yet.
 * `before-effect`: it is durable, and nothing was done about it. `after-effect`: what it announced was done, and the next
 * event was not written; for an intent that is the moment before its outcome is written.
 */
export const POINTS = ["before-write", "half-written", "after-write", "before-effect", "after-effect"] as const;
export type Point = (typeof POINTS)[number];

/** `group`: the front end, the runner, the sandbox and every git child at once. */
export const VICTIMS = ["runner", "group", "front end"] as const;
export type Victim = (typeof VICTIMS)[number];

/** Every kind of event that a log can hold. */
export const EVENT_KINDS: readonly string[] = eventSchema.options.map((option) => option.shape.kind.value);

/** Every command that a front end posts, named so that it cannot be taken for an event. */
export const POSTED_KINDS: readonly string[] = [...commandSchema.options.map((option) => option.shape.kind.value), "start"].map((kind) => `posted ${kind}`);

/** One kill: when, and of whom. */
export interface Kill {
  readonly kind: string;
  readonly point: Point;
  readonly victim: Victim;
}

export const nameOf = ({ kind, point, victim }: Kill): string => `${kind}, ${point}, ${victim}`;

/**
 * Every kill that there is. A write is torn in half by the runner's death, whoever else dies with it. A command is posted
 * by a front end, so no runner dies there, and it has no effect of its own.
 */
export function everyKill(): readonly Kill[] {
  const logged = EVENT_KINDS.flatMap((kind) => POINTS.flatMap((point) => (point === "half-written" ? (["runner"] as const) : VICTIMS).map((victim) => ({ kind, point, victim }))));
  const posted = POSTED_KINDS.flatMap((kind) => (["before-write", "after-write"] as const).flatMap((point) => (["group", "front end"] as const).map((victim) => ({ kind, point, victim }))));
  return [...logged, ...posted];
}
