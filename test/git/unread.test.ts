// A file that cannot be read, told from one that was edited: a process with no descriptor left looks at both.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const module = new URL("../../src/git/unread.js", import.meta.url).href;

/** What is said about `paths` by a process that may have 64 files open, and has `held` of them open already. */
function check(paths: readonly string[], held: "all" | "few", expected: string): void {
  const home = mkdtempSync(join(tmpdir(), "vigil-unread-"));
  try {
    mkdirSync(join(home, "folder"));
    writeFileSync(join(home, "there"), "there\n");
    const program = `
      import { openSync } from "node:fs";
      import { refuseUnread } from ${JSON.stringify(module)};
      let open = 0;
      try { while (process.argv[2] === "all" || open < 3) open = openSync("/dev/null"); } catch {}
      const said = await refuseUnread(process.argv[1], process.argv.slice(3)).then(() => "nothing", (error) => error.constructor.name + ": " + error.message);
      process.stdout.write(said.replaceAll(process.argv[1], ""));
      process.exit(0);
    `;
    const said = execFileSync("sh", ["-c", 'ulimit -n 64; exec "$@"', "sh", process.execPath, "--input-type=module", "-e", program, home, held, ...paths], { encoding: "utf8" });
    assert.match(said, new RegExp(expected));
  } finally {
    rmSync(home, { recursive: true });
  }
}

describe("what git calls edited", () => {
  it("is told as refused where it could not be read", () => check(["gone", "there"], "all", "^SystemRefused: Vigil could not use /there, because this process has too many files open \\(EMFILE\\)"));
  it("is edited where it can be read, is gone, or is no file", () => check(["gone", "there", "folder"], "few", "^nothing$"));
});
