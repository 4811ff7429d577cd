// What the machine refuses is told to a person in a sentence with a remedy, whoever met it; a fault of ours is not.
import assert from "node:assert/strict";
import { SystemRefused, refusalIn, systemRefusal } from "../../src/core/system-error.js";

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
  it("is told from the line that names it, whatever the program said after that", () =>
    assert.match(refusalIn("git", "error: unable to create file src/a.js: Read-only file system\nfatal: giving up\n")?.message ?? "", /^git could not write, because the file system is mounted read-only \(error: unable to create file src\/a\.js: Read-only file system\)\. /));
  it("is told without a reason where git gives none, with what to look at", () => {
    assert.equal(
      refusalIn("git", "error: unable to write file docs/guide.md\n")?.message,
      "git could not write, and did not say why (error: unable to write file docs/guide.md). What was written before is kept. See whether the disk is full, mounted read-only or failing (df, mount, the system log), or not this user's to write to. Mend that, then try again; a run goes on with vigil resume.",
    );
    for (const said of ["fatal: update_ref failed for ref 'refs/vigil/base/r': cannot lock ref 'refs/vigil/base/r': unable to create directory for /r/.git/refs/vigil/base/r", "fatal: update_ref failed for ref 'r': cannot update ref 'r': couldn't write '/r/.git/refs/vigil/base/r.lock'", "fatal: update_ref failed for ref 'r': couldn't set 'r'", "error: unable to write new_index file", "fatal: Unable to write index."]) {
      assert.ok(refusalIn("git", said) instanceof SystemRefused, said);
    }
  });
  it("is not what another git's lock, a branch in the way, or a file of that name is", () => {
    for (const said of ["fatal: Unable to create '/r/.git/index.lock': File exists.", "fatal: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'", "error: unable to create file a/b: Not a directory", "fatal: pathspec 'unable to write file x' did not match any files"]) {
      assert.equal(refusalIn("git", said), undefined, said);
    }
  });
  it("is told from the last line of what a program said", () => {
    assert.match(refusalIn("git", "warning: x\nfatal: Unable to create 'a.lock': Read-only file system\n")?.message ?? "", /^git could not write, because the file system is mounted read-only \(fatal: Unable to create 'a\.lock': Read-only file system\)\. /);
    assert.match(refusalIn("git", "error: unable to write: Input/output error")?.message ?? "", /because the disk reports an error/);
    assert.match(refusalIn("git", "fatal: sha1 file 'a/tmp_idx_1' write error. Out of diskspace\nfatal: index-pack failed")?.message ?? "", /because the disk is full \(fatal: sha1 file 'a\/tmp_idx_1' write error\. Out of diskspace\)/);
    assert.match(refusalIn("git", "x: Too many open files in system")?.message ?? "", /because the machine has too many files open/);
    assert.equal(refusalIn("git", "fatal: not a git repository"), undefined);
  });
});
