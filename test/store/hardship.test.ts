// What the store does when the disk will not have it: a real full disk, a real read-only one, real limits. Nothing is glued
// to a torn event, nothing acknowledged is lost, and the error says what to do.
import assert from "node:assert/strict";
import { readFileSync, renameSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { LogPen } from "../../src/store/append.js";
import { program, start } from "./child.js";
import { ID, errorOf, filled, inHome, note } from "./sample.js";
import type { Home } from "./sample.js";

/** Runs the hardship in a namespace or shell that `prepare` sets up, `$1` being the folder it may spoil. */
async function meet(home: Home, hardship: string, prepare: string, namespaces = true): Promise<unknown> {
  const folder = dirname(home.runs);
  const shell = ["sh", "-c", `set -e; folder=$1; shift; ${prepare}; exec "$@"`, "sh", folder, ...program("hardship"), hardship, folder];
  const child = start(namespaces ? ["unshare", "--user", "--map-root-user", "--mount", ...shell] : shell);
  const lines = [];
  for (let next = await child.lines.next(); next.done !== true; next = await child.lines.next()) lines.push(next.value);
  const { code, errors } = await child.ended;
  assert.deepEqual([code, lines.length], [0, 1], errors);
  return JSON.parse(lines[0] ?? "");
}

describe("a disk that fails", () => {
  for (const size of ["64k", "100k", "256k"]) {
    it(`keeps every acknowledged event and no part of the next when it is full at ${size}`, () =>
      inHome(async (home) => {
        assert.deepEqual(await meet(home, "full", `mount -t tmpfs -o size=${size} tmpfs "$folder"`), {
          message: `Could not write /runs/${ID}/log.jsonl (ENOSPC): the disk is full. What could not be recorded was not done. Free some space on it, then resume the run.`,
          refused: { again: "ENOSPC", blob: "ENOSPC", create: "ENOSPC", post: "ENOSPC" },
          glued: 0,
          lost: 0,
          repaired: "nothing",
          list: [ID],
          verify: [],
        });
      })).timeout(20_000);
  }

  it("keeps every acknowledged event when the log reaches the limit on file sizes", () =>
    inHome(async (home) => {
      await home.store.remove(ID, true);
      const met = (await meet(home, "full", "ulimit -f 40", false)) as Record<string, unknown>;
      assert.match(String(met["message"]), /^Could not write \S+log\.jsonl \(EFBIG\): .* Raise the limit on file sizes/);
      // A new run's small files fit.
      assert.deepEqual({ ...met, message: "", list: [] }, { message: "", refused: { again: "EFBIG", blob: "EFBIG", create: "fine", post: "EFBIG" }, glued: 0, lost: 0, repaired: "nothing", list: [], verify: [] });
    })).timeout(20_000);

  it("can be read and asked about, and refuses to be written, when it is read-only", () =>
    inHome(async (home) => {
      await filled(home, [note(1), note(2)]);
      assert.deepEqual(await meet(home, "read-only", 'mount --bind "$folder" "$folder"; mount -o remount,ro,bind "$folder"'), {
        events: [1, 2],
        holder: "nobody",
        verify: [],
        write: "EROFS",
        post: "EROFS",
        blob: "EROFS",
        create: "EROFS",
      });
    })).timeout(20_000);

  it("goes on appending when no more files can be opened, and says so where one is needed", () =>
    inHome(async (home) => {
      await home.store.remove(ID, true);
      const met = await meet(home, "files", "ulimit -n 256", false);
      assert.deepEqual(met, { append: "fine", blob: "EMFILE", post: "EMFILE", create: "EMFILE", later: "fine" });
    })).timeout(20_000);

  it("that takes the event but not the head leaves it to the next start, and refuses everything after", () =>
    inHome(async (home) => {
      const [first] = await filled(home, [note(1)]);
      const durable = statSync(home.files.log).size;
      const hash = (JSON.parse(readFileSync(home.files.log, "utf8")) as { hash: string }).hash;
      const away = `${home.files.head}.away`;
      renameSync(home.files.head, away);
      symlinkSync("/dev/full", home.files.head);
      const pen = new LogPen(home.files, { seq: 1, bytes: durable, hash }, () => 1);
      const error = await errorOf(() => Promise.resolve().then(() => pen.append([note(2)])));
      assert.match(error.message, /^Could not write \S+head \(ENOSPC\): the disk is full\..*head could not be brought back either \(ENOSPC\); the next start settles it\.$/);
      assert.equal(await errorOf(() => Promise.resolve().then(() => pen.append([note(3)]))), error);
      pen.close();
      unlinkSync(home.files.head);
      renameSync(away, home.files.head);
      const writer = await home.writer();
      await writer.close();
      assert.deepEqual(writer.events.map((event) => event.kind === "note.added" && event.text), [first?.kind === "note.added" && first.text, "note 2"]);
    }));
});
