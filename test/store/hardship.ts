// A process that meets a hardship named on its command line, in a folder made for it, and prints what the store said.
// `full`: the disk fills up. `files`: no more files can be opened. `read-only`: the disk was remounted.
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileStore } from "../../src/store/file-store.js";
import { WriteFailed } from "../../src/store/write-failed.js";

const [hardship = "", folder = ""] = process.argv.slice(2);
const id = "20261122-130501-a1b2c3";
const note = { kind: "note.added", text: "a note of some length, so that it takes a while to fill a page" } as const;
const pause = { kind: "pause", by: { name: "Ada", email: "ada@team.example" } } as const;

/** How it ended: the system's name for the error, "fine", or what else was thrown. */
async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "fine";
  } catch (error) {
    return error instanceof WriteFailed ? error.code : String(error);
  }
}

async function full(): Promise<object> {
  const runs = join(folder, "runs");
  const store = fileStore(runs);
  await store.create(id);
  const log = join(runs, id, "log.jsonl");
  const opened = await store.write(id, () => 1);
  if (opened.kind === "held") throw new Error("held");
  const { writer } = opened;
  let durable = 0;
  let message = "";
  for (let failed = false; !failed; ) {
    try {
      durable = (await writer.append(note, note)).at(-1)?.seq ?? 0;
    } catch (error) {
      failed = true;
      message = error instanceof WriteFailed ? error.message.replaceAll(folder, "") : String(error);
    }
  }
  const bytes = Number(/bytes=(\d+)/.exec(readFileSync(join(runs, id, "head"), "utf8"))?.[1]);
  // What is left of the last page and of what the failed append took back.
  const filler = join(folder, "filler");
  writeFileSync(filler, "");
  for (let left = true; left; ) {
    try {
      writeFileSync(filler, Buffer.alloc(512), { flag: "a" });
    } catch {
      left = false;
    }
  }
  const refused = {
    again: await outcome(() => writer.append(note)),
    blob: await outcome(() => writer.log.blobs.put("x".repeat(100_000))),
    create: await outcome(() => store.create("20261122-130502-a1b2c3")),
    post: await outcome(() => store.open(id).post({ ...pause, kind: "steer", text: "x".repeat(100_000) })),
  };
  await writer.close();
  const left = statSync(log).size;
  rmSync(filler);
  const again = await store.write(id, () => 2);
  if (again.kind === "held") throw new Error("held");
  const result = { message, refused, glued: left - bytes, lost: durable - again.writer.events.length, repaired: again.writer.repaired ?? "nothing", list: await store.list() };
  await again.writer.close();
  return { ...result, verify: await store.open(id).verify() };
}

async function files(): Promise<object> {
  const store = fileStore(folder);
  await store.create(id);
  const opened = await store.write(id, () => 1);
  if (opened.kind === "held") throw new Error("held");
  const fds: number[] = [];
  for (let left = true; left; ) {
    try {
      fds.push(openSync("/dev/null", "r"));
    } catch {
      left = false;
    }
  }
  const result = {
    append: await outcome(() => opened.writer.append(note)),
    blob: await outcome(() => opened.writer.log.blobs.put("x")),
    post: await outcome(() => store.open(id).post(pause)),
    create: await outcome(() => store.create("20261122-130502-a1b2c3")),
  };
  for (const fd of fds) closeSync(fd);
  const later = await outcome(() => opened.writer.log.blobs.put("x"));
  await opened.writer.close();
  return { ...result, later };
}

async function readOnly(): Promise<object> {
  const store = fileStore(join(folder, "runs"));
  const events = [];
  for await (const event of store.open(id).read()) events.push(event.seq);
  return {
    events,
    holder: (await store.open(id).holder()) ?? "nobody",
    verify: await store.open(id).verify(),
    write: await outcome(() => store.write(id, () => 1)),
    post: await outcome(() => store.open(id).post(pause)),
    blob: await outcome(() => store.open(id).blobs.put("x")),
    create: await outcome(() => store.create("20261122-130502-a1b2c3")),
  };
}

mkdirSync(folder, { recursive: true });
const meet = { full, files, "read-only": readOnly }[hardship];
if (meet === undefined) throw new Error(`no such hardship: ${hardship}`);
process.stdout.write(`${JSON.stringify(await meet())}\n`);
