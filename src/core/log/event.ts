// Every event a log can hold, as one union. Lines hold no tool output, file content or long model text: those are blobs.
// The union grows by addition only.
import { z } from "zod";
import { decisionEvents } from "./decisions.js";
import { gateEvents } from "./gates.js";
import { goalEvents } from "./goals.js";
import { hostEvents } from "./hosts.js";
import { landingEvents } from "./landing.js";
import { lifecycleEvents } from "./lifecycle.js";
import { limitEvents } from "./limits.js";
import { stepEvents } from "./steps.js";
import { turnEvents } from "./turns.js";

export const eventSchema = z.discriminatedUnion("kind", [
  ...lifecycleEvents,
  ...turnEvents,
  ...stepEvents,
  ...goalEvents,
  ...decisionEvents,
  ...gateEvents,
  ...hostEvents,
  ...limitEvents,
  ...landingEvents,
]);

/** What happened, without its place in the log. */
export type RunEvent = z.infer<typeof eventSchema>;
export type EventKind = RunEvent["kind"];
export type EventOf<K extends EventKind> = Extract<RunEvent, { kind: K }>;

/** An event as the log holds it. `at` is epoch milliseconds, `seq` counts from 1. */
export type LoggedEvent = RunEvent & { readonly seq: number; readonly at: number };
