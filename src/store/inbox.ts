// A run's inbox: one file per command, seen whole or not at all, in the order of their names. What cannot be read is
// handed out as such, so that the runner refuses it in the log; nothing is dropped here.
import { randomBytes } from "node:crypto";
import { lstat, readFile, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { postedSchema } from "../core/command.js";
import type { Posted } from "../core/command.js";
import { HumanError } from "../core/error.js";
import { sharedSync, writeThenName } from "./durable.js";
import { noSuchRun } from "./run-files.js";
import type { RunFiles } from "./run-files.js";
import type { InboxItem } from "./store.js";
import { asWriteFailed, errorCode } from "./write-failed.js";

/** 1 MiB: a command is a person's words and a few names, and a larger file would stall the runner. */
export const MAX_COMMAND_BYTES = 1024 * 1024;
/** How much of an unreadable file is handed out, in characters: enough to recognise it in the log. */
const RAW_SHOWN = 2_000;
const SUFFIX = ".json";

/** Names for commands such that one poster's sort in the order of posting, even if the clock is set back meanwhile. */
export function commandNames(): () => string {
  let latest = 0;
  let count = 0;
  return () => {
    latest = Math.max(latest, Date.now());
    count += 1;
    return `${String(latest).padStart(13, "0")}-${String(count).padStart(6, "0")}-${randomBytes(4).toString("hex")}`;
  };
}

/** A function that puts commands into the run's inbox; durable when it resolves with the id. Throws WriteFailed. */
export function poster(files: RunFiles, nextName: () => string): (command: Posted) => Promise<string> {
  const syncNames = sharedSync(files.inbox);
  return async (command) => {
    // Named before anything is waited for: the order of the calls is the order of the names.
    const id = nextName();
    const text = Buffer.from(JSON.stringify(postedSchema.parse(command)));
    if (text.length > MAX_COMMAND_BYTES) {
      throw new HumanError(`This command is too long for a run to take (${text.length} bytes; the limit is ${MAX_COMMAND_BYTES}). Put the text into a file in the repository and name the file instead.`);
    }
    if ((await lstat(files.inbox).catch(absent)) === undefined) throw noSuchRun(files.id);
    await writeThenName(join(files.inbox, `.new-${id}`), join(files.inbox, id + SUFFIX), [text]);
    await syncNames();
    return id;
  };
}

/** What lies in the inbox, in posting order. */
export async function readInbox(files: RunFiles): Promise<readonly InboxItem[]> {
  const items: InboxItem[] = [];
  for (const name of await inboxNames(files)) {
    const item = await readItem(join(files.inbox, name), name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name);
    if (item !== undefined) items.push(item);
  }
  return items;
}

/** Sorted names, without those that are still being written (a leading dot, or `.tmp`). */
export async function inboxNames(files: RunFiles): Promise<readonly string[]> {
  const names = await readdir(files.inbox);
  return names.filter((name) => !name.startsWith(".") && !name.endsWith(".tmp")).sort();
}

/** Removes an item; one that is gone already is no error, because a runner may have been killed just after removing it. */
export async function consumeItem(files: RunFiles, id: string): Promise<void> {
  if (id === "" || id !== basename(id) || id.startsWith(".")) throw new Error(`not the id of an inbox item: ${id}`);
  const path = join(files.inbox, id);
  try {
    await rm(path + SUFFIX, { force: true, recursive: true });
    await rm(path, { force: true, recursive: true });
  } catch (error) {
    throw asWriteFailed(error, path);
  }
}

async function readItem(path: string, id: string): Promise<InboxItem | undefined> {
  const unreadable = (problem: string, raw: string): InboxItem => ({ id, kind: "unreadable", problem, raw: raw.slice(0, RAW_SHOWN) });
  const found = await lstat(path).catch(absent);
  if (found === undefined) return undefined;
  if (!found.isFile()) return unreadable("it is not a file", "");
  if (found.size > MAX_COMMAND_BYTES) return unreadable(`it is larger than ${MAX_COMMAND_BYTES} bytes`, "");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    return unreadable(`it could not be read (${errorCode(error) ?? String(error)})`, "");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return unreadable(`it is not JSON (${error instanceof Error ? error.message : String(error)})`, text);
  }
  const parsed = postedSchema.safeParse(value);
  if (parsed.success) return { id, kind: "posted", body: parsed.data };
  const kind = typeof value === "object" && value !== null && "kind" in value ? JSON.stringify(value.kind) : "none";
  const [issue] = parsed.error.issues;
  return unreadable(`it is not a command that this Vigil knows (kind ${kind}; ${issue?.message ?? "invalid"})`, text);
}

function absent(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
  return undefined;
}
