// What the machine refuses is told to a person in a sentence with a remedy, whoever met it; a fault of ours is not.
import assert from "node:assert/strict";
import { refusalIn, systemRefusal } from "../../src/core/system-error.js";

function check(code: string, path: string | undefined, expected: string | undefined): void {
  assert.equal(systemRefusal(Object.assign(new Error(`${code}: something`), { code, ...(path === undefined ? {} : { path }) }))?.message, expected);
}

describe("a refusal of the system's", () => {
  it("names the file, the cause and the remedy", () =>
    check("EROFS", "/repo/x", "Vigil could not use /repo/x, because the file system is mounted read-only (EROFS). What was written before is kept. Mount it for writing, then try again; a run goes on with vigil resume."));
  it("does without a path where the system gave none", () =>
    check("EMFILE", undefined, "Vigil could not use what it needs, because this process has too many files open (EMFILE). What was written before is kept. Raise the limit on open files (ulimit -n), then try again; a run goes on with vigil resume."));
  it("is not what a missing file or a wrong call is", () => {
    check("ENOENT", "/repo/x", undefined);
    check("ERR_INVALID_ARG_TYPE", undefined, undefined);
    assert.equal(systemRefusal(new Error("EIO")), undefined);
  });
  it("is told as a read-only disk where Node only says that the folder it was to make is not there", () => {
    const thrown = Object.assign(new Error("ENOENT: no such file or directory, mkdir '/a/b'"), { code: "ENOENT", syscall: "mkdir", path: "/a/b" });
    assert.match(systemRefusal(thrown)?.message ?? "", /^Vigil could not use \/a\/b, because the file system is mounted read-only \(ENOENT\)\./);
  });
  it("is told from the last line of what a program said", () => {
    assert.match(refusalIn("git", "warning: x\nfatal: Unable to create 'a.lock': Read-only file system\n")?.message ?? "", /^git could not write, because the file system is mounted read-only \(fatal: Unable to create 'a\.lock': Read-only file system\)\. /);
    assert.match(refusalIn("git", "error: unable to write: Input/output error")?.message ?? "", /because the disk reports an error/);
    assert.match(refusalIn("git", "x: Too many open files in system")?.message ?? "", /because the machine has too many files open/);
    assert.equal(refusalIn("git", "fatal: not a git repository"), undefined);
  });
});
