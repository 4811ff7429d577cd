// The file tools over a git tree, called as the runner calls them: answers as from the tools behind walls, links shown and
// never followed, nothing hidden given away, and no file of the worktree touched.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ToolResult, Workshop } from "../../src/sandbox/workshop.js";
import { readFiles } from "../../src/git/blobs.js";
import type { Worktree } from "../../src/git/types.js";
import { openTreeShop } from "../../src/runner/tree-shop/tree-shop.js";
import { contents, TempRepository } from "../git/temp-repository.js";

const KEY = "top-secret-value";
const FILES = {
  "src/a.js": "console.log(1)\nconst b = 2;\n",
  "src/deep/b.txt": "deep\n",
  "src/run.sh": { text: "echo hi\n", mode: 0o755 },
  "crlf.txt": "one\r\ntwo\r\n",
  "bare.txt": "no newline",
  "empty.txt": "",
  "twice.txt": "same\nsame\n",
  "latin.txt": new Uint8Array([0x63, 0x61, 0x66, 0xe9, 0x0a]),
  "logo.png": new Uint8Array([0x89, 0x50, 0, 0x0d]),
  "big.txt": `${"x".repeat(99)}\n`.repeat(3_000),
  "long.txt": `needle ${"y".repeat(3_000)}\nneedle short\n`,
  "wide.txt": `${"z".repeat(300_000)}\nnarrow\n`,
  "node_modules/dep/index.js": "console.log('dep')\n",
  "*odd[1].txt": "odd\n",
  ".env": `KEY=${KEY}\n`,
  ".gitignore": "build/\n",
  "link.txt": { link: ".env" },
  "out": { link: "../../outside" },
  "folder-link": { link: "src" },
} as const;

describe("the tools over a tree", function () {
  this.timeout(60_000);
  let repository: TempRepository;
  let worktree: Worktree;
  let base: string;
  let tree: string;
  let shop: Workshop;
  let files: Record<string, string>;

  before(async () => {
    repository = new TempRepository(FILES);
    const made = await repository.worktree();
    ({ worktree } = made);
    base = made.tree;
    files = contents(worktree.root);
  });
  beforeEach(() => {
    tree = base;
    shop = openTreeShop({ worktree, hidden: [".env*"], tree: () => tree });
  });
  after(async () => {
    assert.deepEqual(contents(worktree.root), files, "a file of the worktree changed");
    await repository.remove();
  });

  async function call(tool: string, input: unknown, timeoutMs = 20_000): Promise<ToolResult> {
    const result = await shop.call({ id: "t", tool, input, timeoutMs });
    if (result.kind === "ok" && result.tree !== undefined) tree = result.tree;
    return result;
  }

  async function check(tool: string, input: unknown, text: string): Promise<void> {
    const result = await call(tool, input);
    assert.deepEqual(result.kind === "lost" ? result : { kind: result.kind, text: result.text.replaceAll(worktree.root, "ROOT") }, { kind: "ok", text });
  }
  async function refuses(tool: string, input: unknown, pattern: RegExp): Promise<void> {
    const result = await call(tool, input);
    assert.match(result.kind === "error" ? result.text : JSON.stringify(result), pattern);
    assert.ok(!JSON.stringify(result).includes(KEY));
    assert.equal(tree, base);
  }
  /** The tree's file after a change: its text and its mode. */
  async function holds(path: string, text: string, mode = "100644"): Promise<void> {
    const file = (await readFiles(worktree, tree, [path])).get(path);
    assert.deepEqual(file === undefined ? undefined : { text: Buffer.from(file.bytes).toString("utf8"), mode: file.mode }, { text, mode });
  }

  describe("read", () => {
    it("gives a file whole, by relative and by absolute path", async () => {
      await check("read", { file_path: "src/a.js" }, FILES["src/a.js"]);
      await check("read", { file_path: "./src/a.js" }, FILES["src/a.js"]);
      await check("read", { file_path: join(worktree.root, "src/a.js") }, FILES["src/a.js"]);
      await check("read", { file_path: "*odd[1].txt" }, "odd\n");
    });
    it("gives an empty file, one without a last newline, and one with CRLF as they are", async () => {
      await check("read", { file_path: "empty.txt" }, "");
      await check("read", { file_path: "bare.txt" }, "no newline");
      await check("read", { file_path: "crlf.txt" }, "one\r\ntwo\r\n");
    });
    it("gives a range of lines", async () => {
      await check("read", { file_path: "src/a.js", view_range: [2, 2] }, "const b = 2;");
      await check("read", { file_path: "src/a.js", view_range: [2, 99] }, "const b = 2;\n");
      await check("read", { file_path: "src/a.js", view_range: [9, 9] }, "");
    });
    it("gives a large file in parts only", async () => {
      await refuses("read", { file_path: "big.txt" }, /^read: big\.txt is 300000 bytes, exceeds 262144-byte limit\. Use the view_range/);
      await check("read", { file_path: "big.txt", view_range: [3_000, 3_000] }, "x".repeat(99));
      await refuses("read", { file_path: "wide.txt", view_range: [1, 1] }, /part of a line cannot be read/);
      await refuses("read", { file_path: "wide.txt", view_range: [1, 2] }, /Ask for fewer/);
    });
    it("shows a link as a link and never what it points to", async () => {
      await check("read", { file_path: "link.txt" }, '[link.txt is a symbolic link to ".env", and links are not followed here]');
      await check("read", { file_path: "out" }, '[out is a symbolic link to "../../outside", and links are not followed here]');
      await refuses("read", { file_path: "folder-link/a.js" }, /folder-link is a symbolic link to "src".*nothing can lie below it/);
    });
    it("says what is no text file", async () => {
      await refuses("read", { file_path: "logo.png" }, /binary file of 4 bytes/);
      await refuses("read", { file_path: "src" }, /not a regular file.*glob/);
      await refuses("read", { file_path: "." }, /not a regular file/);
      await refuses("read", { file_path: "src/none.js" }, /^read: src\/none\.js: no such file or directory$/);
      await refuses("read", { file_path: "src/a.js/x" }, /src\/a\.js is a file, so nothing can lie below it/);
    });
    it("reads nothing hidden, by no spelling", async () => {
      for (const file_path of [".env", "./.env", "src/../.env", join(worktree.root, ".env"), ".ENV"]) await refuses("read", { file_path }, /hidden from this run by policy|no such file/);
    });
    it("reads nothing outside the tree", async () => {
      for (const file_path of ["../repo/src/a.js", "/etc/passwd", "src/../../x", "~/x", ".git/config", "src/.GIT/x", "x".repeat(5_000)]) await refuses("read", { file_path }, /outside|no path of this repository|git's own|too long/);
    });
    it("says what does not fit in an input", () => refuses("read", { file_path: 3 }, /does not fit/));
  });

  describe("write", () => {
    it("makes a new file with its folders, and keeps what else is there", async () => {
      await check("write", { file_path: "src/new/c.js", content: "new\n" }, "wrote 4 bytes to src/new/c.js");
      await holds("src/new/c.js", "new\n");
      await holds("src/a.js", FILES["src/a.js"]);
    });
    it("replaces a file and keeps its mode", async () => {
      await check("write", { file_path: "src/run.sh", content: "echo ho\n" }, "wrote 8 bytes to src/run.sh");
      await holds("src/run.sh", "echo ho\n", "100755");
    });
    it("takes bytes as they are: CRLF, no newline, nothing at all", async () => {
      for (const content of ["a\r\nb\r\n", "none", ""]) {
        await check("write", { file_path: "src/a.js", content }, `wrote ${content.length} bytes to src/a.js`);
        await holds("src/a.js", content);
      }
    });
    it("puts nothing in the place of a link, a folder or a file", async () => {
      await refuses("write", { file_path: "link.txt", content: "x" }, /link\.txt is a symbolic link/);
      await refuses("write", { file_path: "folder-link/new.js", content: "x" }, /nothing can lie below it/);
      await refuses("write", { file_path: "src", content: "x" }, /src is a folder/);
      await refuses("write", { file_path: "src/a.js/x", content: "x" }, /src\/a\.js is a file/);
      await refuses("write", { file_path: "", content: "x" }, /does not fit/);
    });
    it("refuses what no proposal could hold", async () => {
      await refuses("write", { file_path: "build/x.js", content: "x" }, /ignored by git/);
      await refuses("write", { file_path: ".env.local", content: "x" }, /hidden/);
    });
    for (const path of ["git~1/config", ".git::$INDEX_ALLOCATION/config", ".git ./config", ".gi\u200bt/config", ".git/config", "sub/.git", "a/.GIT./x", "file:///x", "\\\\127.0.0.1\\share", "~/x", "a\nb", "a/./../../b", "C:\\x", "n".repeat(256)]) {
      it(`refuses to make ${JSON.stringify(path.slice(0, 40))}`, () => refuses("write", { file_path: path, content: "x" }, /no path of this repository|git's own|outside|too long/));
    }
  });

  describe("edit", () => {
    it("replaces one text, with nothing in it taken for a pattern", async () => {
      await check("edit", { file_path: "src/a.js", old_string: "log(1)", new_string: "$& $1 $$" }, "edited src/a.js (1 replacement(s))");
      await holds("src/a.js", "console.$& $1 $$\nconst b = 2;\n");
    });
    it("sees what was written before", async () => {
      await call("write", { file_path: "src/new.js", content: "a" });
      await check("edit", { file_path: "src/new.js", old_string: "a", new_string: "b" }, "edited src/new.js (1 replacement(s))");
      await check("read", { file_path: "src/new.js" }, "b");
      await check("grep", { pattern: "^b$", path: "src" }, "ROOT/src/new.js:1:b");
    });
    it("wants a text that is there once", async () => {
      await refuses("edit", { file_path: "src/a.js", old_string: "nowhere", new_string: "" }, /^edit: old_string not found in src\/a\.js$/);
      await refuses("edit", { file_path: "twice.txt", old_string: "same", new_string: "" }, /^edit: old_string appears 2 times in twice\.txt \(must be unique\)$/);
      await check("edit", { file_path: "twice.txt", old_string: "same", new_string: "other", replace_all: true }, "edited twice.txt (2 replacement(s))");
      await holds("twice.txt", "other\nother\n");
    });
    it("keeps CRLF and says when it is why nothing was found", async () => {
      await refuses("edit", { file_path: "crlf.txt", old_string: "one\ntwo", new_string: "x" }, /not found in crlf\.txt: its lines end in CRLF/);
      await refuses("edit", { file_path: "twice.txt", old_string: "same\r\nsame", new_string: "x" }, /its lines end in LF/);
      await check("edit", { file_path: "crlf.txt", old_string: "one", new_string: "three" }, "edited crlf.txt (1 replacement(s))");
      await holds("crlf.txt", "three\r\ntwo\r\n");
    });
    it("keeps a file without a last newline so, and an executable one executable", async () => {
      await check("edit", { file_path: "bare.txt", old_string: "newline", new_string: "end" }, "edited bare.txt (1 replacement(s))");
      await holds("bare.txt", "no end");
      await check("edit", { file_path: "src/run.sh", old_string: "hi", new_string: "ho" }, "edited src/run.sh (1 replacement(s))");
      await holds("src/run.sh", "echo ho\n", "100755");
    });
    it("changes nothing that it could only damage", async () => {
      const change = { old_string: "c", new_string: "d" };
      await refuses("edit", { file_path: "latin.txt", ...change }, /not UTF-8/);
      await refuses("edit", { file_path: "logo.png", ...change }, /binary/);
      await refuses("edit", { file_path: "big.txt", ...change }, /exceeds 262144-byte limit/);
      await refuses("edit", { file_path: "link.txt", ...change }, /symbolic link/);
      await refuses("edit", { file_path: ".env", ...change }, /hidden/);
      await refuses("edit", { file_path: "none.txt", ...change }, /no such file/);
      await refuses("edit", { file_path: "src", ...change }, /src is a folder/);
      await call("write", { file_path: "many.txt", content: "c".repeat(200_000) });
      const many = await call("edit", { file_path: "many.txt", old_string: "c", new_string: "d".repeat(1_000), replace_all: true });
      assert.match(many.kind === "error" ? many.text : many.kind, /would grow/);
    });
  });

  describe("glob", () => {
    it("finds files by pattern, below a folder too", async () => {
      await check("glob", { pattern: "**/*.{js,txt}", path: "src" }, "ROOT/src/a.js\nROOT/src/deep/b.txt");
      await check("glob", { pattern: "*.js", path: "src/" }, "ROOT/src/a.js");
      await check("glob", { pattern: "a.*", path: "src/a.js" }, "ROOT/src/a.js");
    });
    it("shows links with their target, and neither what is hidden nor what was installed", async () => {
      await check("glob", { pattern: "{link*,out,.env*,.git*,folder-link,**/index.js}" }, 'ROOT/.gitignore\nROOT/folder-link -> src (a symbolic link, not followed)\nROOT/link.txt -> .env (a symbolic link, not followed)\nROOT/out -> ../../outside (a symbolic link, not followed)');
    });
    it("says when nothing matches, and how much is not shown", async () => {
      await check("glob", { pattern: "*.nothing" }, "no matches");
      repository.write(Object.fromEntries(Array.from({ length: 205 }, (_, n) => [`many/${n}.md`, ""])));
      repository.commit("many");
      const other = await repository.worktree("r2");
      const many = await openTreeShop({ worktree: other.worktree, hidden: [], tree: () => other.tree }).call({ id: "t", tool: "glob", input: { pattern: "many/*.md" }, timeoutMs: 20_000 });
      assert.match(many.kind === "ok" ? many.text : many.kind, /\n\[5 more matches are not shown\]$/);
    });
    it("does not search outside, nor through a link", async () => {
      await refuses("glob", { pattern: "../**" }, /may not contain/);
      await refuses("glob", { pattern: "/etc/*" }, /must be relative/);
      await refuses("glob", { pattern: "*", path: "../.." }, /outside/);
      await refuses("glob", { pattern: "*", path: "folder-link" }, /symbolic link/);
      await refuses("glob", { pattern: "*", path: "nowhere" }, /no such file/);
    });
  });

  describe("grep", () => {
    it("gives matching lines with file and number", async () => {
      await check("grep", { pattern: "console|const" , path: "src" }, "ROOT/src/a.js:1:console.log(1)\nROOT/src/a.js:2:const b = 2;");
      await check("grep", { pattern: "(?i)CONST B", path: "src/a.js" }, "ROOT/src/a.js:2:const b = 2;");
      await check("grep", { pattern: "^two$", path: "crlf.txt" }, "ROOT/crlf.txt:2:two");
    });
    it("searches neither what is hidden nor what is no text", async () => {
      await check("grep", { pattern: KEY }, "no matches\n[not searched: 2 lines of more than 2000 characters]");
      await refuses("grep", { pattern: KEY, path: ".env" }, /hidden/);
      await check("grep", { pattern: "PNG", path: "logo.png" }, "no matches");
    });
    it("leaves long lines out and says so", () => check("grep", { pattern: "needle", path: "long.txt" }, "ROOT/long.txt:2:needle short\n[not searched: 1 line of more than 2000 characters]"));
    it("cuts its output", async () => {
      const result = await call("grep", { pattern: "x", path: "big.txt" });
      assert.match(result.kind === "ok" ? result.text.slice(-60) : result.kind, /\n\[output truncated at 102400 bytes\]$/);
    });
    it("says what is wrong with a pattern", async () => {
      await refuses("grep", { pattern: "(" }, /invalid pattern/);
      await refuses("grep", { pattern: "a".repeat(2_001) }, /longer than 2000/);
      await refuses("grep", { pattern: "((((a?){99}){99}){99}){99}b", path: "long.txt" }, /cannot be tried/);
    });
    it("is ended when a pattern backtracks for ever, while everything else goes on", async () => {
      await call("write", { file_path: "trap.txt", content: `${"a".repeat(60)}!\n` });
      let turns = 0;
      const ticking = setInterval(() => (turns += 1), 20);
      const result = await call("grep", { pattern: "^(a+)+$", path: "trap.txt" }, 600);
      clearInterval(ticking);
      assert.deepEqual(result, { kind: "error", text: "grep was ended after 0.6 s", exit: undefined });
      assert.ok(turns > 5, `the event loop stood still (${turns} turns)`);
    });
  });

  it("runs no command", () => refuses("bash", { command: "echo hi" }, /commands cannot be confined/));
  it("knows no other tool", () => refuses("format_disk", {}, /not run here/));
  it("answers a call that is running when it is ended as lost, and says nothing of processes", async () => {
    await call("write", { file_path: "trap.txt", content: `${"a".repeat(60)}!\n` });
    assert.deepEqual(await shop.farewell(), { carried: { cwd: worktree.root, env: {} }, processes: [] });
    const running = call("grep", { pattern: "^(a+)+$", path: "trap.txt" });
    await shop.kill();
    assert.deepEqual(await running, { kind: "lost", why: "it was ended" });
    await shop.exited;
  });
});
