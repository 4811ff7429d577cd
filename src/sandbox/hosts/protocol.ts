// What the runner and the process with the proxies say to one another, over Node's own channel because listening sockets
// travel with it. Both sides parse what they get.
import { z } from "zod";

/** Connections to one host since it was last asked. */
const contactSchema = z.object({
  host: z.string(),
  /** 0 where the entry stands for several. */
  port: z.number().int(),
  count: z.number().int().positive(),
  /** Why the host was refused, as a clause; absent for one that was let through. */
  refused: z.string().optional(),
});

/** To the proxies. `serve` comes with the listening socket of the confined program's network. */
export const requestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("serve"), id: z.number().int(), hosts: z.array(z.string()) }),
  z.object({ kind: z.literal("contacts"), id: z.number().int() }),
  z.object({ kind: z.literal("shut"), id: z.number().int() }),
]);
export type Request = z.infer<typeof requestSchema>;

/** From the proxies: one for each request. */
export const replySchema = z.object({ kind: z.enum(["serve", "contacts", "shut"]), id: z.number().int(), contacts: z.array(contactSchema) });
export type Reply = z.infer<typeof replySchema>;

/** Where a confined program finds its proxy, in its own network. */
export const PROXY = { address: "127.0.0.1", port: 3128 } as const;
