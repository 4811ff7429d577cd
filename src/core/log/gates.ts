// Events about people: commands from the inbox, gates and answers, permissions, verdicts.
import { z } from "zod";
import { commandSchema } from "../command.js";
import { basis, blobId, gateKind, person, verdictAct } from "./parts.js";

export const gateEvents = [
  z.object({ kind: z.literal("command.accepted"), id: z.string(), command: commandSchema }),
  z.object({ kind: z.literal("command.refused"), id: z.string(), why: z.string(), command: z.unknown() }),
  z.object({
    kind: z.literal("gate.raised"),
    gate: z.string(),
    type: gateKind,
    /** The exact thing that is asked about: a path, a whole command, a host, a decision id, a branch, a question. */
    target: z.string(),
    why: z.string(),
    ifDenied: z.string().optional(),
    options: z.array(z.string()).default([]),
    decision: z.string().optional(),
    call: z.string().optional(),
    /** SHA-256 of what was shown; an answer names it. */
    digest: z.string(),
    shown: blobId,
  }),
  z.object({
    kind: z.literal("gate.answered"),
    gate: z.string(),
    answer: z.enum(["allow", "deny"]),
    forRun: z.boolean().default(false),
    comment: z.string().optional(),
    by: person,
    digest: z.string(),
    command: z.string(),
  }),
  /** The run has nothing else to do until this gate is answered. */
  z.object({ kind: z.literal("gate.awaited"), gate: z.string() }),
  z.object({ kind: z.literal("gate.parked"), gate: z.string(), why: z.string() }),
  /** What was parked is asked once more, because nothing else is left to do; now it is waited for. */
  z.object({ kind: z.literal("gate.reopened"), gate: z.string() }),
  z.object({ kind: z.literal("gate.expired"), gate: z.string(), why: z.string() }),
  z.object({
    kind: z.literal("permission.granted"),
    gate: z.string(),
    type: z.enum(["write", "command", "host"]),
    target: z.string(),
    /** Ends with this decision; the whole run when absent. */
    decision: z.string().optional(),
  }),
  z.object({
    kind: z.literal("verdict.given"),
    /** Ids as d3, d3:path or d3:path#2. */
    targets: z.array(z.string()).min(1),
    verdict: verdictAct,
    basis,
    comment: z.string().optional(),
    /** A person, or the digest of the policy that accepted. */
    by: z.union([z.object({ kind: z.literal("person"), person }), z.object({ kind: z.literal("policy"), digest: z.string() })]),
  }),
] as const;
