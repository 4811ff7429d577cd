// What log lines are too small for, or too durable: tool output, diffs, model text. A blob's file is sixteen random bytes
// and the content, and its name is the SHA-256 of both: `sha256sum` checks it, and the name tells nothing of the content.
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import { blobId } from "../core/log/parts.js";
import type { BlobId } from "../core/log/parts.js";
import { sharedSync, writeThenName } from "./durable.js";
import type { RunFiles } from "./run-files.js";
import type { Blobs } from "./store.js";
import { errorCode } from "./write-failed.js";

const SALT_BYTES = 16;

export type BlobCheck = { readonly kind: "whole"; readonly content: Uint8Array } | { readonly kind: "missing" } | { readonly kind: "altered" };

export function fileBlobs(files: RunFiles): Blobs {
  const syncNames = sharedSync(files.blobs);
  const get = async (id: BlobId): Promise<Uint8Array> => {
    const found = await checkBlob(files, id);
    if (found.kind === "whole") return found.content;
    const problem = found.kind === "missing" ? "is missing" : "was altered after it was written";
    throw new HumanError(`Part of the record of run ${files.id} cannot be shown: blob ${id} ${problem}. "vigil verify ${files.id}" names everything that is wrong.`);
  };
  return {
    async put(content) {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      const salt = randomBytes(SALT_BYTES);
      const id = createHash("sha256").update(salt).update(bytes).digest("hex");
      await writeThenName(join(files.blobs, `.new-${id}`), join(files.blobs, id), [salt, bytes]);
      await syncNames();
      return id;
    },
    get,
    text: async (id) => Buffer.from(await get(id)).toString("utf8"),
  };
}

/** Reads a blob and compares it with its name. Throws when `id` is not the name of a blob. */
export async function checkBlob(files: RunFiles, id: BlobId): Promise<BlobCheck> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(files.blobs, blobId.parse(id)));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { kind: "missing" };
    throw error;
  }
  const whole = bytes.length >= SALT_BYTES && createHash("sha256").update(bytes).digest("hex") === id;
  return whole ? { kind: "whole", content: bytes.subarray(SALT_BYTES) } : { kind: "altered" };
}
