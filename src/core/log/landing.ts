// Events about bringing accepted decisions onto a branch, and taking them back.
import { z } from "zod";
import { person, repoPath, sha } from "./parts.js";

export const landedCommit = z.object({ commit: sha, decisions: z.array(z.string()) });

/** Why something must be confirmed by name before it lands. */
export const confirmation = z.object({ id: z.string(), path: repoPath.optional(), why: z.string() });
export type Confirmation = z.infer<typeof confirmation>;

export const landingEvents = [
  /** Durable before a ref moves: after a crash the clerk compares the branch with `from` and `to` and heals. */
  z.object({
    kind: z.literal("landing.intended"),
    branch: z.string(),
    /** The branch's tip before, or null when the landing creates it. */
    from: sha.nullable(),
    to: sha,
    commits: z.array(landedCommit),
    /** The user's checkout has this branch checked out and is brought along. */
    checkout: z.boolean(),
    by: z.union([z.object({ kind: z.literal("person"), person }), z.object({ kind: z.literal("policy"), digest: z.string() })]),
  }),
  z.object({ kind: z.literal("landing.finished"), branch: z.string(), to: sha }),
  z.object({
    kind: z.literal("landing.stopped"),
    outcome: z.enum(["conflict", "confirm", "blocked"]),
    why: z.string(),
    paths: z.array(repoPath).default([]),
    confirm: z.array(confirmation).default([]),
  }),
  z.object({ kind: z.literal("landing.undone"), branch: z.string(), from: sha, to: sha.nullable(), by: person }),
] as const;
