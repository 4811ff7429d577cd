// What one tampering changed of a record, and how to put it there and take it back.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Tampered {
  /** What was done, in words. */
  readonly what: string;
  readonly log?: Buffer;
  readonly head?: Buffer;
  /** New contents of blobs by name; undefined takes the blob away. */
  readonly blobs?: ReadonlyMap<string, Buffer | undefined>;
  /** Who must notice: whoever reads the log, or only whoever verifies the record. */
  readonly by: "reader" | "verify";
  /** So many events at the beginning are untouched, and must be handed out as they were. */
  readonly untouched: number;
  /** The reader must stop after so many: one more than `untouched` where a forged line carries a hash that fits it. */
  readonly most: number;
}

/** Puts it into the folder of a run, and gives a function that takes it back. */
export function putInto(folder: string, tampered: Tampered): () => void {
  const changes = new Map<string, Buffer | undefined>();
  if (tampered.log !== undefined) changes.set("log.jsonl", tampered.log);
  if (tampered.head !== undefined) changes.set("head", tampered.head);
  for (const [name, bytes] of tampered.blobs ?? []) changes.set(join("blobs", name), bytes);
  const before = [...changes.keys()].map((name) => ({ path: join(folder, name), bytes: existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined }));
  for (const [name, bytes] of changes) write(join(folder, name), bytes);
  return () => {
    for (const { path, bytes } of before) write(path, bytes);
  };
}

function write(path: string, bytes: Buffer | undefined): void {
  if (bytes === undefined) rmSync(path, { force: true });
  else writeFileSync(path, bytes);
}

export type Fields = Record<string, unknown>;

/** The line with its fields changed, under its old hash or under one that fits it by the published rule. */
export function rewritten(line: Buffer, change: (fields: Fields) => void, hash: "old" | "fits"): Buffer {
  const { hash: old, ...fields } = JSON.parse(line.toString("utf8")) as Fields;
  change(fields);
  const body = JSON.stringify(fields);
  const fits = createHash("sha256").update(String(fields["prev"]) + body).digest("hex");
  return Buffer.from(`${body.slice(0, -1)},"hash":"${hash === "fits" ? fits : String(old)}"}\n`);
}

/** The lines from `from` on, each made to follow from the one before it. */
export function rechained(lines: readonly Buffer[], from: number): Buffer[] {
  const made = lines.slice(0, from);
  for (const line of lines.slice(from)) {
    const before = made.at(-1);
    const prev = before === undefined ? "0".repeat(64) : hashOf(before);
    const seq = made.length + 1;
    made.push(rewritten(line, (fields) => Object.assign(fields, { seq, prev }), "fits"));
  }
  return made;
}

export function hashOf(line: Buffer): string {
  return (JSON.parse(line.toString("utf8")) as { hash: string }).hash;
}
