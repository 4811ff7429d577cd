// The record: one writer, durable before effect, every link of the chain checked, commands taken once and parsed first.
import { attack, test, without, type Mutation } from "./mutation.js";

const LINE = "src/store/line.ts";
const APPEND = "src/store/append.ts";
const INBOX = "src/store/inbox.ts";

export const recordMutations: readonly Mutation[] = [
  without("a run has one writer", "src/store/kernel-lock.ts", '    if ((await flock(path, fd, "-x")) === "taken") return', "    return", test("store/lock")),
  without("a lock on a run that was removed is no lock", "src/store/lock.ts", "if (isStill(path, tried.fd)) return", "return", test("store/lock")),
  without("a changed line is found", LINE, "if (lineHash(prev, bytes) !== hash) return", "if (false) return", test("store/verify")),
  without("a missing line is found", LINE, "if (seq > next) return", "if (false) return", test("store/verify")),
  without("a repeated line is found", LINE, "if (seq < next) return", "if (false) return", test("store/verify")),
  without("a line of another chain is found", LINE, "if (prev !== after.hash) return", "if (false) return", test("store/verify")),
  without("a log that was cut is found", "src/store/walk.ts", "if (at.seq !== head.seq || at.bytes !== head.bytes || at.hash !== head.hash) throw", "if (false) throw", test("store/damage")),
  without("a changed head is no head", "src/store/head.ts", "return check(coveredText(position)) === sum ? position : undefined;", "return position;", test("store/damage")),
  without("a changed blob is found", "src/store/blobs.ts", 'bytes.length >= SALT_BYTES && createHash("sha256").update(bytes).digest("hex") === id', "bytes.length >= SALT_BYTES", test("store/blobs")),
  without("a blob's name tells nothing of its content", "src/store/blobs.ts", "const salt = randomBytes(SALT_BYTES);", "const salt = Buffer.alloc(SALT_BYTES);", test("store/blobs")),
  without("an append counts as a whole or not at all", "src/store/tail.ts", "if (checked.line.more === 0) {", "if (checked.line.more >= 0) {", test("store/damage")),
  without("torn bytes are kept aside", "src/store/tail.ts", "size > place.at.bytes ? await setAside", "size < 0 ? await setAside", test("store/damage")),
  without("nothing is appended after a failed write", APPEND, "if (this.#failed !== undefined) throw this.#failed;", "", test("store/hardship")),
  without("a failed write is taken back", APPEND, "      ftruncateSync(this.#log, this.#end.bytes);\n", "", test("store/hardship")),
  without("an append is all bytes or none", APPEND, "for (let done = 0; done < bytes.length; ) done +=", "for (let done = 0; done < 1; ) done += 1 +", test("store/hardship")),
  without("events are parsed before they are written", LINE, "const kept = eventSchema.parse(JSON.parse(JSON.stringify(event)));", "const kept = event;", test("store/chain")),
  without("commands are parsed before anything reads them", INBOX, "if (parsed.success) return { id, kind: \"posted\", body: parsed.data };", "if (parsed.success || parsed.error !== undefined) return { id, kind: \"posted\", body: value as Posted };", test("store/inbox")),
  without("a command too large is refused", INBOX, "if (found.size > MAX_COMMAND_BYTES) return", "if (false) return", test("store/inbox")),
  without("what is no file is no command", INBOX, "if (!found.isFile()) return", "if (false) return", test("store/inbox")),
  without("files of the record are this person's alone", "src/store/durable.ts", 'await open(path, "wx", 0o600)', 'await open(path, "wx", 0o644)', test("store/file-store")),
  without("a command is taken once", "src/runner/desk.ts", "if (!Object.hasOwn(commands, item.id)) {", "if (item.id !== \"\") {", test("runner/answers")),
  without("intent is durable before the effect", "src/runner/calls/toolset.ts", "  await ledger.append(begun);\n  const started", "  const started", test("runner/stages")),
  without("a step that was broken off is not run again", "src/runner/recover.ts", "  for (const step of run.steps.filter((entry) => entry.outcome === undefined)) {", "  for (const step of run.steps.filter((entry) => entry.outcome === undefined && entry.step < 0)) {", test("runner/kill")),
  without("files go back to what they were before a step that was broken off", "src/runner/recover.ts", "  if (stood !== undefined) await restore(site.worktree, stood);", "", test("runner/kill")),
  without("the model's key is not in the runner's environment", "src/client/spawn-runner.ts", '.filter(([name]) => !name.toUpperCase().startsWith("ANTHROPIC_"))', "", attack("mask-03")),
];
