// The walls of macOS as values: what the profile allows and denies, where things stand inside, and names of the same tree.
import assert from "node:assert/strict";
import fc from "fast-check";
import { HumanError } from "../../src/core/error.js";
import { environment, placed, supportIn } from "../../src/sandbox/macos/place.js";
import { seatbeltProfile, SYSTEM, type ProfileView } from "../../src/sandbox/macos/profile.js";
import { relocated, relocatedBytes } from "../../src/sandbox/relocated.js";
import type { Walls } from "../../src/sandbox/sandbox.js";
import { couldNotRun } from "../../src/sandbox/verdict-of-check.js";
import { readProfile } from "./seatbelt-reader.js";

const RUN = "/Users/ann/Library/Application Support/vigil/worktrees/r1";
const ROOT = `${RUN}/tree`;

const view: ProfileView = {
  root: ROOT,
  programs: ["/Users/ann/.nvm/versions"],
  never: ["/Users/ann/code/shop", "/Users/ann/Library/Application Support/vigil", RUN, "/private/etc/master.passwd"],
  reads: [ROOT, `${RUN}/history`, "/private/var/folders/x/T/inside-1"],
  writes: [ROOT, `${RUN}/agent-git`, "/private/var/folders/x/T/inside-1/home"],
  hidden: [`${ROOT}/config/deep/.env`],
  still: [`${ROOT}/docs/api`],
  port: undefined,
};

const WRITES = ["file-write-data", "file-write-create", "file-write-unlink", "file-write-mode", "file-write-xattr"] as const;

describe("the Seatbelt profile", () => {
  const ask = (operation: string, path: string, changes: Partial<ProfileView> = {}): string => readProfile(seatbeltProfile({ ...view, ...changes })).ask(operation, path);
  const check = (operations: readonly string[], paths: readonly string[], expected: "allow" | "deny", changes: Partial<ProfileView> = {}): void => {
    const wrong = operations.flatMap((operation) => paths.filter((path) => ask(operation, path, changes) !== expected).map((path) => `${operation} ${path}`));
    assert.deepEqual(wrong, []);
  };

  it("lets the tree, the home and the agent's git be read and written", () =>
    check(["file-read-data", ...WRITES], [`${ROOT}/src/a.js`, `${RUN}/agent-git/index`, "/private/var/folders/x/T/inside-1/home/.npm/x"], "allow"));
  it("lets programs of the system and of toolchains be read and run, and nothing written there", () => {
    const programs = ["/bin/bash", "/usr/bin/env", "/opt/homebrew/bin/node", "/Users/ann/.nvm/versions/node/v24/bin/node"];
    check(["file-read-data", "file-map-executable", "process-exec"], programs, "allow");
    check(WRITES, programs, "deny");
  });
  it("shows nothing of the person's", () =>
    check(["file-read-data", "process-exec", ...WRITES], ["/Users/ann/.ssh/id_rsa", "/Users/ann", "/Users/ann/code/shop/.env", "/Users/ann/Library/Keychains/login.keychain-db", "/Library/Keychains/System.keychain", "/Library/Preferences/x.plist", "/Users/bob/x"], "deny"));
  it("shows the disk by no second name", () => check(["file-read-data"], ["/System/Volumes/Data/Users/ann/.ssh/id_rsa", "/private/tmp/x", "/private/var/folders/x/T/other", "/Volumes/Backup/x", "/private/var/db/dslocal/x"], "deny"));
  it("shows neither other runs nor the record of this one", () => check(["file-read-data", ...WRITES], ["/Users/ann/Library/Application Support/vigil/worktrees/r2/tree/a", `${RUN}/layers/x`, `${RUN}/proposals/a`], "deny"));
  it("shows what the agent's git borrows, and lets nobody change it", () => {
    check(["file-read-data"], [`${RUN}/history/objects/aa`], "allow");
    check(WRITES, [`${RUN}/history/objects/aa`, "/private/var/folders/x/T/inside-1/bin/git", "/private/var/folders/x/T/inside-1/walls.sb"], "deny");
  });
  it("keeps databases of services shut, but settings open that everybody may read", () => {
    check(["file-read-data"], ["/opt/homebrew/var/postgresql@16/x", "/usr/local/var/mysql/x"], "deny");
    check(["file-read-data"], ["/opt/homebrew/etc/gitconfig", "/opt/homebrew/etc/openssl@3/cert.pem", "/private/etc/ssl/cert.pem"], "allow");
    check(["file-read-data"], ["/private/etc/master.passwd"], "deny");
  });
  it("keeps a checkout shut that lies in a folder of the system", () => check(["file-read-data"], ["/opt/work/shop/.env"], "deny", { never: ["/opt/work/shop"] }));
  it("hides a file but not that it is there, and keeps it and its folders in place", () => {
    const file = `${ROOT}/config/deep/.env`;
    check(["file-read-data", "file-map-executable", "process-exec", ...WRITES], [file], "deny");
    check(["file-read-metadata"], [file], "allow");
    check(["file-write-unlink"], [`${ROOT}/config`, `${ROOT}/config/deep`, ROOT], "deny");
    check(["file-write-unlink", "file-write-create"], [`${ROOT}/config/other`, `${ROOT}/configuration`], "allow");
  });
  it("lets a read-only folder be read, neither changed nor moved", () => {
    check(["file-read-data"], [`${ROOT}/docs/api/a.md`], "allow");
    check(WRITES, [`${ROOT}/docs/api/a.md`, `${ROOT}/docs/api`], "deny");
    check(["file-write-unlink"], [`${ROOT}/docs`], "deny");
  });
  it("lets nothing be put where a person's git would look", () => check(WRITES, [`${ROOT}/.git`, `${ROOT}/.git/config`], "deny"));
  it("writes nothing in a tree that is only to be read", () => check(WRITES, [`${ROOT}/src/a.js`, ROOT], "deny", { writes: ["/private/var/folders/x/T/inside-1/home"] }));
  it("makes no program that runs as its owner", () => check(["file-write-setugid"], [`${ROOT}/a`], "deny"));
  it("asks of the folders on the way only what they are", () => {
    check(["file-read-metadata"], ["/Users", "/Users/ann", "/Users/ann/Library/Application Support/vigil/worktrees", "/private/var", "/var"], "allow");
    check(["file-read-data", "file-read-xattr"], ["/Users", "/Users/ann", "/private/var"], "deny");
  });
  it("gives programs the devices that they need, and no terminal or disk", () => {
    check(["file-read-data"], ["/dev/null", "/dev/urandom", "/dev/fd/63", "/"], "allow");
    check(["file-write-data"], ["/dev/null", "/dev/stderr", "/dev/fd/1"], "allow");
    check(["file-ioctl"], ["/dev/null"], "allow");
    check(["file-read-data", "file-write-data", "file-ioctl"], ["/dev/tty", "/dev/ttys001", "/dev/ptmx", "/dev/disk0", "/dev/bpf0"], "deny");
  });
  it("denies what no rule names", () => check(["network-outbound", "file-mount", "system-kext-load"], ["/Users/ann/x", `${ROOT}/x`], "deny"));
  it("tells programs about the processor and the system", () =>
    assert.deepEqual(
      ["sysctl-read (sysctl-name-prefix hw.)", "sysctl-read (sysctl-name-prefix kern.os)", "sysctl-read (sysctl-name kern.argmax)"].filter((line) => !readProfile(seatbeltProfile(view)).without.includes(line)),
      [],
    ));
  it("opens nothing else: no network, and of services only the names of users", () => {
    const profile = readProfile(seatbeltProfile(view));
    assert.deepEqual(profile.without.filter((line) => !line.startsWith("sysctl-read")), [
      "process-fork",
      "process-info* (target same-sandbox)",
      "signal (target same-sandbox)",
      "mach-lookup (global-name com.apple.system.opendirectoryd.libinfo)",
      "ipc-posix-sem",
    ]);
    assert.deepEqual(profile.without.filter((line) => /kern\.proc|prefix kern\.\)/.test(line)), []);
  });
  it("opens one port of this machine where hosts are open", () => {
    const opened = readProfile(seatbeltProfile({ ...view, port: 4711 })).without.filter((line) => line.startsWith("network"));
    assert.deepEqual(opened, ["network-outbound (remote ip localhost:4711)"]);
  });
  it("refuses a path that a rule cannot name", () => {
    for (const path of [`${ROOT}/a\nb`, `/${"x".repeat(1000)}`]) assert.throws(() => seatbeltProfile({ ...view, hidden: [path] }), HumanError);
  });
  it("says of a path with brackets and quotes what it says of any", () => {
    const part = fc.stringMatching(/^[a-z"\\() \][*?$;é]{1,8}$/).filter((name) => name.trim() === name);
    fc.assert(
      fc.property(part, part, (folder, name) => {
        const root = `/Users/ann/${folder}`;
        const profile = readProfile(seatbeltProfile({ ...view, root, never: [], reads: [root], writes: [root], hidden: [`${root}/${name}`], still: [] }));
        assert.deepEqual([profile.ask("file-read-data", `${root}/${name}`), profile.ask("file-write-data", `${root}/${name}x`), profile.ask("file-read-data", `${root}x`)], ["deny", "allow", "deny"]);
      }),
    );
  });
  it("names no folder of the system that holds a person's files", () => assert.deepEqual(SYSTEM.filter((folder) => ["/System", "/Library", "/private", "/private/var", "/Users", "/"].includes(folder)), []));
});

describe("where things stand on macOS", () => {
  const walls: Walls = {
    root: ROOT,
    tree: { kind: "layer", upper: `${RUN}/layers/throw-away/upper`, work: `${RUN}/layers/throw-away/work` },
    layers: [{ at: `${ROOT}/node_modules`, lower: "/l", upper: "/u", work: "/w" }],
    git: { dir: `${RUN}/agent-git`, borrows: [] },
    hidden: [`${ROOT}/.env`],
    readOnly: [`${ROOT}/docs`],
    reads: ["/elsewhere"],
    env: { CI: "true", DYLD_INSERT_LIBRARIES: "/x" },
    cwd: `${ROOT}/src`,
  };
  const toolchains = { shown: [], path: ["/run/vigil/bin", "/usr/bin"], links: [], env: {} };

  it("a layer is a folder of its own, of which all is said that was said of the tree", () => {
    const upper = `${RUN}/layers/throw-away/upper`;
    const { root, tree, hidden, readOnly, cwd, layers, reads } = placed(walls);
    assert.deepEqual({ root, tree, hidden, readOnly, cwd, at: layers[0]?.at, reads }, { root: upper, tree: { kind: "write" }, hidden: [`${upper}/.env`], readOnly: [`${upper}/docs`], cwd: `${upper}/src`, at: `${upper}/node_modules`, reads: ["/elsewhere"] });
  });
  it("a tree that is written or read stands where it stands", () => {
    for (const kind of ["write", "read"] as const) assert.deepEqual(placed({ ...walls, tree: { kind } }), { ...walls, tree: { kind } });
  });
  it("the environment is built from nothing and loads no library into programs", () =>
    assert.deepEqual(environment(walls, toolchains, supportIn("/s"), undefined), { LANG: "C.UTF-8", TERM: "dumb", SHELL: "/bin/bash", CI: "true", PATH: "/s/bin:/usr/bin", HOME: "/s/home", TMPDIR: "/s/tmp" }));
  it("the proxy is named only where hosts are open", () => {
    const open = environment({ ...walls, hosts: ["example.com"] }, toolchains, supportIn("/s"), 4711);
    assert.deepEqual([open["HTTPS_PROXY"], open["NO_PROXY"]], ["http://127.0.0.1:4711", "localhost,127.0.0.1,::1"]);
  });
});

describe("the same tree by another path", () => {
  const check = (text: string, expected: string): void => assert.equal(relocated(text, "/a/tree", "/b/upper"), expected);
  it("is named in a command, a sentence and a list", () => check("cd '/a/tree/src' && ls /a/tree. -I/a/tree/x:/a/tree", "cd '/b/upper/src' && ls /b/upper. -I/b/upper/x:/b/upper"));
  it("is not a longer name beside it", () => check("/a/tree2 /a/tree-old /a/tree.old /a/tree_", "/a/tree2 /a/tree-old /a/tree.old /a/tree_"));
  it("is found in output that is no text", () => assert.deepEqual(relocatedBytes(new Uint8Array([255, ...Buffer.from("/é/t/x"), 0]), "/é/t", "/ü"), new Uint8Array([255, ...Buffer.from("/ü/x"), 0])));
  it("comes back as it was", () =>
    fc.assert(fc.property(fc.array(fc.constantFrom("/a/tree", "/x", " ", "src", "$&", ".")), (parts) => {
      const text = parts.join("");
      assert.equal(relocated(relocated(text, "/a/tree", "/b/upper"), "/b/upper", "/a/tree"), text);
    })));
});

describe("a check on macOS", () => {
  const result = { exit: 1, signal: null, truncated: false, timedOut: false, aborted: false, ms: 1, contacts: [], output: Buffer.from("Error: listen EPERM: operation not permitted 0.0.0.0\n") };
  it("could not run where the sandbox refused something, and is not red", () => assert.match(couldNotRun(result, "darwin") ?? "", /the sandbox refuses: Error: listen EPERM/));
  it("counts elsewhere, where that means something else", () => assert.equal(couldNotRun(result, "linux"), undefined));
});
