// What this person has confirmed: digests of what a branch's settings would open, by repository. Kept in their own data
// folder, where no run and no branch can write.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HumanError } from "../core/error.js";
import type { Workspace } from "./open-repository.js";
import { textIfThere } from "./personal-file.js";

const confirmedSchema = z.record(z.string(), z.array(z.string().regex(/^[0-9a-f]{64}$/)));

export function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

export async function isConfirmed(workspace: Workspace, text: string): Promise<boolean> {
  return ((await read(workspace))[workspace.repository.commonDir] ?? []).includes(digestOf(text));
}

/** Durable once it resolves: written beside and renamed. */
export async function confirm(workspace: Workspace, text: string): Promise<void> {
  const all = await read(workspace);
  const own = new Set(all[workspace.repository.commonDir] ?? []).add(digestOf(text));
  const file = fileOf(workspace);
  const making = `${file}.${randomBytes(6).toString("hex")}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(making, `${JSON.stringify({ ...all, [workspace.repository.commonDir]: [...own] }, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(making, file);
}

async function read(workspace: Workspace): Promise<z.infer<typeof confirmedSchema>> {
  const file = fileOf(workspace);
  const text = await textIfThere(file);
  if (text === undefined) return {};
  const parsed = confirmedSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new HumanError(`${file} is not what Vigil wrote there. Remove it; what you confirmed for branches must then be confirmed again.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fileOf(workspace: Workspace): string {
  return join(workspace.dataFolder, "confirmed.json");
}
