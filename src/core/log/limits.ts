// Events about a run's limits: that one is near, and that a person raised it.
import { z } from "zod";
import { person } from "./parts.js";

export const limitName = z.enum(["usd", "tokens", "hours", "steps", "files", "lines", "perDay.usd"]);
export type LimitName = z.infer<typeof limitName>;

export const limitEvents = [
  /** `reserve`: what is left is enough to end what is open and to finish, and for nothing more. */
  z.object({ kind: z.literal("limit.neared"), limit: limitName, mark: z.enum(["80", "90", "reserve"]), used: z.number(), of: z.number() }),
  z.object({ kind: z.literal("limit.raised"), limit: limitName, to: z.number().positive(), by: person }),
] as const;
