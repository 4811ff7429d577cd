// The pieces that several events share. Shapes only.
import { z } from "zod";

/** Name of a blob in the run's `blobs/` folder: lower-case hex SHA-256 of its salt and content. */
export const blobId = z.string().regex(/^[0-9a-f]{64}$/);
export type BlobId = z.infer<typeof blobId>;

/** A git object id in hex. */
export const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
export type Sha = z.infer<typeof sha>;

/** A path inside the repository: forward slashes, no leading slash, as git stores it. */
export const repoPath = z.string().min(1);

export const person = z.object({ name: z.string(), email: z.string() });
export type Person = z.infer<typeof person>;

export const fileStatus = z.enum(["added", "modified", "deleted", "mode"]);

/** One file's part in a change. `added`/`removed` count lines; a binary file has neither. */
export const fileChange = z.object({
  path: repoPath,
  status: fileStatus,
  added: z.number().int().min(0),
  removed: z.number().int().min(0),
  binary: z.boolean().default(false),
  /** git modes as octal text, such as 100644, 100755, 120000, 160000; "000000" where the file is absent. */
  modes: z.tuple([z.string(), z.string()]),
});
export type FileChange = z.infer<typeof fileChange>;

/** Tokens of one model turn, as the service counted them. */
export const usage = z.object({
  input: z.number().int().min(0),
  output: z.number().int().min(0),
  cacheRead: z.number().int().min(0).default(0),
  cacheWrite: z.number().int().min(0).default(0),
});
export type Usage = z.infer<typeof usage>;

/** Money in US dollars, or unknown: a model without a price never costs zero. */
export const cost = z.union([z.object({ kind: z.literal("known"), usd: z.number().min(0) }), z.object({ kind: z.literal("unknown") })]);
export type Cost = z.infer<typeof cost>;

export const gateKind = z.enum(["decision", "write", "command", "host", "question", "landing", "budget", "refusal", "plan"]);
export type GateKind = z.infer<typeof gateKind>;

export const verdictKind = z.enum(["accept", "reject", "change", "later", "acknowledge", "dispute"]);
export type VerdictKind = z.infer<typeof verdictKind>;

/** What can be said of a decision, file or hunk: a verdict, or that the one given before holds no longer. */
export const verdictAct = z.enum([...verdictKind.options, "withdraw"]);
export type VerdictAct = z.infer<typeof verdictAct>;

/** What the person had looked at when giving a verdict. */
export const basis = z.enum(["summary", "decision", "hunk"]);
export type Basis = z.infer<typeof basis>;
