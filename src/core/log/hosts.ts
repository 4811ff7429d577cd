// Events about the network: which hosts a confined program reached or was refused. The host and the count, never content.
import { z } from "zod";

/** What the program was run for. */
export const contactDuring = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("step"), step: z.number().int(), decision: z.string().optional() }),
  z.object({ kind: z.literal("check"), command: z.string() }),
  z.object({ kind: z.literal("setup") }),
]);

const contact = {
  host: z.string(),
  /** 0 where the line stands for several hosts or ports. */
  port: z.number().int().min(0).max(65535),
  /** Connections since the last line about this host. */
  count: z.number().int().positive(),
  during: contactDuring,
};

export const hostEvents = [
  z.object({ kind: z.literal("host.reached"), ...contact }),
  z.object({ kind: z.literal("host.refused"), ...contact, why: z.string() }),
] as const;
