// Judging actions and changes: stages, paths, protection, scope, permissions; and what landing asks about twice.
import assert from "node:assert/strict";
import fc from "fast-check";
import { asksTwice, asksTwiceByName } from "../../src/core/judge/asks-twice.js";
import type { Contents, JudgedChange } from "../../src/core/judge/change.js";
import { globMatcher } from "../../src/core/judge/glob.js";
import { grantable, judge, judgeChange, openHosts, type Action, type JudgedRun } from "../../src/core/judge/judge.js";
import { protectedBy, stageForPath } from "../../src/core/judge/path.js";
import { isStrangePath } from "../../src/core/judge/strange-path.js";
import { mergePolicy } from "../../src/core/policy/merge.js";
import type { PolicySettings, PolicyValues } from "../../src/core/policy/schema.js";
import { band } from "../../src/core/review/band.js";
import { STAGES, type Stage } from "../../src/core/stage.js";

const policyOf = (committed: PolicySettings): PolicyValues => mergePolicy({ committed, trusted: "all", confirmed: false, others: [] }).values;
const POLICY = policyOf({
  maxStage: "autonomous-with-summary",
  scope: ["src/**", "docs"],
  protected: ["db/migrations/**", "*.pem"],
  paths: [{ glob: "vendor/**", stage: "read-only", reason: "not ours" }, { glob: "src/billing/**", stage: "gated-write" }, { glob: ".vigil/**", stage: "read-only" }],
  commands: [{ match: "git push *", decision: "deny" }, { match: "npm install *", decision: "ask" }],
  "landing.branch": "auto",
  networkHosts: ["registry.example"],
});
const run = (stage: Stage, change: Partial<JudgedRun> = {}): JudgedRun => ({ stage, openDecision: "d1", permissions: [], ...change });

describe("judging an action", () => {
  const check = (action: Action, judged: JudgedRun, kind: string, rule: RegExp, tell?: RegExp) => {
    const verdict = judge(action, POLICY, judged);
    assert.equal(verdict.kind, kind, verdict.rule);
    assert.match(verdict.rule, rule);
    if (tell !== undefined) assert.match(verdict.tell ?? "", tell);
  };
  const write = (path: string): Action => ({ kind: "write", path });
  it("refuses a write outside a decision and names the tool", () => check(write("src/a.ts"), run("gated-write", { openDecision: undefined }), "deny", /no open decision/, /Call begin_decision/));
  it("keeps a read-only write as a proposal", () => check(write("vendor/x"), run("read-only"), "allow", /proposal/));
  it("allows any ordinary path at gated-write", () => check(write("any/where.ts"), run("gated-write"), "allow", /stage gated-write/));
  it("allows what is in scope at bounded-write", () => check(write("src/a.ts"), run("bounded-write"), "allow", /bounded-write/));
  it("asks about what is out of scope", () => check(write("lib/a.ts"), run("bounded-write"), "ask", /outside vigil\.policy\.scope \(src\/\*\*, docs\)/, /request_permission with kind "write" and target "lib\/a\.ts"/));
  it("takes a folder's name as the folder", () => check(write("docs/a/b.md"), run("bounded-write"), "allow", /./));
  it("does not confuse a prefix with a folder", () => check(write("docs-old/b.md"), run("bounded-write"), "ask", /outside/));
  it("asks about protected paths at every writing stage", () => {
    for (const stage of STAGES.slice(1)) check(write("db/migrations/1.sql"), run(stage), "ask", /protected path "db\/migrations\/\*\*"/);
  });
  it("refuses read-only paths for good", () => check(write("vendor/a.js"), run("autonomous-with-summary"), "deny", /vigil\.policy\.paths "vendor\/\*\*": read-only \(not ours\)/, /No permission can change that/));
  it("refuses a protected path that is read-only", () => check(write(".vigil/x"), run("autonomous-with-summary"), "deny", /read-only/));
  it("lets a path with a lower stage through, because the decision is held to it", () => check(write("src/billing/a.ts"), run("autonomous-with-summary"), "allow", /"src\/billing\/\*\*": gated-write/));
  it("takes a permission for exactly its target and decision", () => {
    const permission = { gate: "g1", type: "write", target: "lib/a.ts", decision: "d1" } as const;
    check(write("lib/a.ts"), run("bounded-write", { permissions: [permission] }), "allow", /permitted/);
    check(write("lib/b.ts"), run("bounded-write", { permissions: [permission] }), "ask", /outside/);
    check(write("lib/a.ts"), run("bounded-write", { permissions: [permission], openDecision: "d2" }), "ask", /outside/);
    check(write("lib/a.ts"), run("bounded-write", { permissions: [{ ...permission, decision: undefined }], openDecision: "d2" }), "allow", /permitted/);
    check(write("vendor/a.js"), run("gated-write", { permissions: [{ ...permission, target: "vendor/a.js" }] }), "deny", /read-only/);
  });
  const strange = ["../out/pwned", "git~1/config", ".git::$INDEX_ALLOCATION/config", ".git ./config", "~/pwned", "file:///tmp/x", "\\\\127.0.0.1\\share\\f", "/etc/passwd", "a/../b", "a//b", "./a", "C:/x", "a\u0000b", "a\nb", "a\u200Bb", ".git/config", "sub/.GIT/hooks/x", ".gi\u200Ct/config", "x/GIT~2", "", "a\uD800"];
  for (const path of strange) it(`refuses to write ${JSON.stringify(path)} at any stage`, () => {
    for (const stage of STAGES) check(write(path), run(stage), "deny", /strange paths|git's own folder/);
  });
  for (const path of ["src/new/deep.ts", "it's ünï code.txt", "ab:c.txt", ".github/x", "foo~", "gitignore", "a...b", "ключ.md", "⚠️.md", "x.y/z"]) it(`writes ${path}`, () => assert.equal(isStrangePath(path), undefined));
  it("reads files, but neither hidden nor outside ones", () => {
    check({ kind: "read", path: "vendor/a.js" }, run("read-only"), "allow", /walls/);
    check({ kind: "read", path: "sub/.ENV" }, run("read-only"), "deny", /vigil\.policy\.hidden "\.env"/);
    check({ kind: "read", path: "/home/me/.ssh/id_rsa" }, run("autonomous-with-summary"), "deny", /outside the worktree/);
    check({ kind: "search" }, run("read-only"), "allow", /walls/);
  });
  it("judges commands by rules and exact permissions", () => {
    const permissions = [{ gate: "g", type: "command", target: "npm install x", decision: undefined } as const, { gate: "g", type: "command", target: "git push", decision: undefined } as const];
    check({ kind: "command", line: "npm install x" }, run("gated-write"), "ask", /npm install/, /request_permission with kind "command"/);
    check({ kind: "command", line: "npm install x" }, run("gated-write", { permissions }), "allow", /permitted/);
    check({ kind: "command", line: "npm install x " }, run("gated-write", { permissions }), "ask", /npm install/);
    check({ kind: "command", line: "git push" }, run("gated-write", { permissions }), "deny", /git push/);
    check({ kind: "command", line: "" }, run("read-only"), "allow", /confined/);
  });
  it("asks about hosts that policy does not name, and names the tool", () => {
    const host = (name: string): Action => ({ kind: "host", host: name });
    const permissions = [{ gate: "g", type: "host", target: "b.example:443", decision: undefined } as const];
    check(host("a.example"), run("autonomous-with-summary"), "ask", /networkHosts/, /request_permission with kind "host" and target "a\.example"/);
    check(host("registry.example:443"), run("gated-write"), "allow", /networkHosts/);
    check(host("b.example:443"), run("gated-write", { permissions }), "allow", /permitted/);
    check(host("b.example"), run("gated-write", { permissions }), "ask", /networkHosts/);
    check(host("registry.example"), run("read-only"), "deny", /read-only runs have no network/, /say in finish/);
    check(host("registry.example"), run("gated-write", { hostsShut: "The proxies are missing." }), "deny", /stays shut/, /The proxies are missing\. Work without it/);
    check(host("https://a.example/x"), run("gated-write"), "deny", /not a host/, /no scheme/);
  });
  it("opens hosts for writing stages alone, and only those of policy and of permissions in force", () => {
    const permissions = [
      { gate: "g", type: "host", target: "b.example", decision: "d1" } as const,
      { gate: "g", type: "host", target: "c.example", decision: "d2" } as const,
      { gate: "g", type: "command", target: "d.example", decision: undefined } as const,
    ];
    const opened = (stage: Stage, change: Partial<JudgedRun> = {}) => openHosts(POLICY, run(stage, { permissions, ...change }));
    assert.deepEqual(opened("gated-write"), ["registry.example", "b.example"]);
    assert.deepEqual(opened("read-only"), []);
    assert.deepEqual(opened("gated-write", { hostsShut: "why" }), []);
    assert.deepEqual(opened("gated-write", { withoutCommands: true }), []);
  });
  it("lands by itself only where policy says so and nothing is doubtful", () => {
    const land = (branch: string, ...doubts: string[]): Action => ({ kind: "land", branch, doubts });
    check(land("auto"), run("autonomous-with-summary"), "allow", /landing\.branch auto/);
    check(land("main"), run("autonomous-with-summary"), "ask", /main is not/);
    check(land("auto", "A test was changed."), run("autonomous-with-summary"), "ask", /A test was changed/);
    check(land("auto"), run("bounded-write"), "ask", /a person lands/);
    check(land("auto"), run("read-only"), "deny", /never land/);
  });
  it("counts an error while judging as a denial", () => {
    const broken = new Proxy({}, { get: () => { throw new Error("boom"); } }) as PolicyValues;
    assert.deepEqual([judge({ kind: "read", path: "a" }, broken, run("gated-write")).kind, judge({ kind: "read", path: "a" }, broken, run("gated-write")).rule], ["deny", "an error while judging: boom"]);
  });
  it("never allows a higher stage less than a lower one denies, for any path", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...STAGES), (path, stage) => {
      const verdict = judge({ kind: "write", path }, POLICY, run(stage));
      if (path.split("/").includes("..") || path.startsWith("/") || path.toLowerCase().split("/").includes(".git")) assert.equal(verdict.kind, "deny");
      assert.equal(judge({ kind: "write", path }, POLICY, run(stage, { openDecision: undefined })).kind, "deny");
    }));
  });
});

describe("judging a change after a step", () => {
  const check = (path: string, modes: readonly [string, string], stage: Stage, kind: string) => assert.equal(judgeChange({ path, modes: [...modes] }, POLICY, run(stage)).kind, kind);
  it("agrees with judging the write", () => {
    check("src/a.ts", ["100644", "100644"], "bounded-write", "allow");
    check("lib/a.ts", ["100644", "000000"], "bounded-write", "ask");
    check("vendor/a", ["100644", "000000"], "gated-write", "deny");
  });
  it("refuses nested repositories and git's folders at every stage", () => {
    for (const stage of STAGES) {
      check("src/nested", ["000000", "160000"], stage, "deny");
      check("src/x/.git/config", ["000000", "100644"], stage, "deny");
    }
  });
});

describe("what a person may be asked to grant", () => {
  const check = (kind: "write" | "command", target: string, refused: boolean) => assert.equal(grantable(kind, target, POLICY) !== undefined, refused);
  it("is everything but denials, read-only, strange and hidden paths", () => {
    check("write", "lib/a.ts", false);
    check("write", "db/migrations/1.sql", false);
    check("write", "vendor/a.js", true);
    check("write", "../x", true);
    check("write", ".env", true);
    check("command", "npm install x", false);
    check("command", "git push", true);
  });
});

describe("the stage of a path", () => {
  const RULES: PolicySettings = {
    maxStage: "bounded-write",
    paths: [{ glob: "**", stage: "gated-write" }, { glob: "src/**", stage: "bounded-write" }, { glob: "src/auth/**", stage: "read-only", reason: "security" }, { glob: "src/auth/README.md", stage: "autonomous-with-summary" }, { glob: "**/*.sql", stage: "read-only" }, { glob: "tie/*.a", stage: "gated-write" }, { glob: "tie/*.b", stage: "read-only" }, { glob: "tie/x*", stage: "bounded-write" }, { glob: "tie/*x", stage: "gated-write" }],
  };
  const check = (path: string, stage: Stage, expected: Stage, rule: RegExp) => {
    const held = stageForPath(policyOf(RULES), path, stage);
    assert.equal(held.stage, expected);
    assert.match(held.rule, rule);
  };
  it("comes from the most specific glob", () => check("src/a.ts", "autonomous-with-summary", "bounded-write", /"src\/\*\*"/));
  it("comes from the deeper folder", () => check("src/auth/a.ts", "autonomous-with-summary", "read-only", /"src\/auth\/\*\*": read-only \(security\)/));
  it("comes from an exact name before all, and stays under maxStage", () => check("src/auth/README.md", "autonomous-with-summary", "bounded-write", /maxStage/));
  it("prefers folders named first over a pattern anywhere", () => check("src/x.sql", "autonomous-with-summary", "bounded-write", /src/));
  it("takes the lower stage on a tie", () => check("tie/x", "autonomous-with-summary", "gated-write", /"tie\/\*x"/));
  it("is capped by the run", () => check("src/a.ts", "read-only", "read-only", /run's stage/));
  it("is the ceiling for unmatched paths", () => assert.deepEqual(stageForPath(policyOf({ maxStage: "bounded-write" }), "x", "autonomous-with-summary"), { stage: "bounded-write", rule: "vigil.policy.maxStage bounded-write" }));
});

describe("protected and hidden paths", () => {
  const check = (path: string, expected: string | undefined) => assert.equal(protectedBy(POLICY, path), expected);
  it("are found in any folder, case and spelling", () => {
    check(".vscode/settings.json", ".vscode/settings.json");
    check("sub/.VSCODE/Settings.json", ".vscode/settings.json");
    check(".vs\u200Bcode/tasks.json", ".vscode/tasks.json");
    check(".vscode./launch.json ", ".vscode/launch.json");
    check("vscode~1/settings.json", ".vscode/settings.json");
    check("a/.vigil/policy.json", ".vigil/**");
    check("deep/key.PEM", "*.pem");
    check("DB/Migrations/1.sql", "db/migrations/**");
    check("src/db/migrations.ts", undefined);
  });
  it("cover everything below a folder that is named", () => assert.deepEqual(["secrets", "a/secrets/x", "secretsx"].map(globMatcher(["secrets/"])), [true, true, false]));
});

describe("landing asks twice", () => {
  const change = (path: string, more: Partial<JudgedChange> = {}): JudgedChange => ({ path, modes: ["100644", "100644"], binary: false, status: "modified", ...more });
  const check = (asked: JudgedChange, expected: RegExp | undefined, contents: Contents = {}) => {
    const reason = asksTwice(asked, contents);
    if (expected === undefined) assert.equal(reason, undefined);
    else assert.match(reason ?? "", expected);
  };
  const files = [".vscode/tasks.json", ".vscode/settings.json", ".idea/x", "a.code-workspace", ".envrc", ".env.local", ".github/workflows/ci.yml", ".gitlab-ci.yml", ".circleci/config.yml", ".devcontainer/devcontainer.json", ".mcp.json", ".codex/config.toml", ".cursor/rules", ".claude/settings.json", "AGENTS.md", "sub/claude.md", "GEMINI.md", ".vigil/policy.json", "sub/.VSCODE/Settings.json", ".gitattributes", ".gitmodules", ".husky/pre-commit", ".npmrc", ".yarnrc.yml", ".pnpmfile.cjs", "tests/conftest.py", "sitecustomize.py", "x.pth", "setup.py", ".cargo/config.toml", "build.rs", "rust-toolchain.toml", ".bazelrc", "android/gradle/wrapper/gradle-wrapper.properties", "AGEN\u200DTS.md", ".mcp.json.", ".pre-commit-config.yaml", "lefthook.yml", "Jenkinsfile", ".buildkite/pipeline.yml", "mise.toml", ".rvmrc", ".pylintrc", "sub/.gdbinit", ".dir-locals.el", "native/binding.gyp", ".clinerules", ".roo/rules/a.md", ".github/instructions/a.md", ".github/copilot-instructions.md"];
  for (const file of files) it(`about ${JSON.stringify(file)}`, () => check(change(file), /./));
  for (const file of ["src/a.ts", "README.md", "docs/agents.md.txt", ".github/CODEOWNERS", "env.ts", "my-setup.py.md", "src/githooks.ts"]) it(`not about ${file}`, () => check(change(file), undefined));
  it("says what makes a file run later, where several reasons would fit its name", () => check(change("sub/.envrc"), /direnv runs it/));
  it("about links, submodules, binaries, and a changed executable bit", () => {
    check(change("a", { modes: ["000000", "120000"], status: "added" }), /symbolic link/);
    check(change("a", { modes: ["000000", "160000"], status: "added" }), /submodule/);
    check(change("a", { binary: true }), /binary/);
    check(change("a", { modes: ["100644", "100755"], status: "mode" }), /becomes executable/);
    check(change("run.sh", { modes: ["000000", "100755"], status: "added" }), undefined);
  });
  it("about text that is not UTF-8, because no diff shows its lines", () => {
    check(change("latin.txt"), /not text in UTF-8/, { before: "plain", after: new TextDecoder().decode(Uint8Array.of(0x6c, 0xff)) });
    check(change("unicode.txt"), undefined, { after: "l\u00fc" });
  });
  it("about package.json only where it runs something", () => {
    const before = '{"name":"x","scripts":{"test":"a","b":"c"},"dependencies":{}}';
    check(change("package.json"), undefined, { before, after: '{"name":"y","scripts":{"b":"c","test":"a"}}' });
    check(change("package.json"), /changes scripts/, { before, after: '{"scripts":{"postinstall":"touch x"}}' });
    check(change("sub/Package.json"), /changes bin, packageManager/, { before, after: '{"scripts":{"test":"a","b":"c"},"bin":"x","packageManager":"y"}' });
    check(change("package.json"), /changes dependencies/, { before, after: '{"scripts":{"test":"a","b":"c"},"dependencies":{"x":"git+https://evil.example/x"}}' });
    check(change("package.json"), /changes devDependencies/, { before, after: '{"scripts":{"test":"a","b":"c"},"devDependencies":{"x":"npm:y@1"}}' });
    check(change("package.json"), /changes lint-staged/, { before, after: '{"scripts":{"test":"a","b":"c"},"lint-staged":{"*":"touch x"}}' });
    check(change("package.json"), undefined, { before, after: '{"scripts":{"test":"a","b":"c"},"dependencies":{"x":"^1.2.3 || 2.x"}}' });
    check(change("package.json"), /could not be compared/, { before, after: "{" });
    check(change("package.json"), /could not be compared/);
    check(change("package.json", { status: "added", modes: ["000000", "100644"] }), undefined, { after: '{"name":"x"}' });
  });
  it("about lock files only where a server is new", () => {
    const before = '{"resolved": "https://packages.example/a/-/a.tgz"}';
    check(change("package-lock.json"), undefined, { before, after: '{"resolved": "https://packages.example/b/-/b.tgz"}' });
    check(change("package-lock.json"), /https:\/\/evil\.example/, { before, after: '{"resolved": "https://evil.example/b.tgz"}' });
    check(change("yarn.lock"), /could not be compared/);
  });
  it("about pyproject.toml only where the build system changes", () => {
    const before = '[project]\nname="x"\n[build-system]\nrequires=["a"]\n[tool.x]\ny=1\n';
    check(change("pyproject.toml"), undefined, { before, after: before.replace('"x"', '"z"').replace("y=1", "y=2") });
    check(change("pyproject.toml"), /build system/, { before, after: before.replace('"a"', '"b"') });
    check(change("pyproject.toml"), /build system/, { before: "", after: 'build-system.requires=["b"]' });
  });
});

describe("the band of a decision", () => {
  const file = (path: string, added = 1, removed = 0, more: object = {}) => ({ path, status: "modified" as const, added, removed, binary: false, modes: ["100644", "100644"] as [string, string], ...more });
  const check = (files: Parameters<typeof band>[0]["files"], expected: string, violations: string[] = []) => assert.equal(band({ files, violations, heldTo: "gated-write" }), expected);
  it("is routine for documents, lock files and small tests", () => {
    check([file("README.md", 300), file("docs/a.png")], "routine");
    check([file("package-lock.json", 200, 100)], "routine");
    check([file("test/unit/a.test.ts", 20)], "routine");
  });
  it("is skim for ordinary source and configuration", () => {
    check([file("src/a.ts", 20)], "skim");
    check([file("src/a.ts"), file("README.md")], "skim");
    check([file("package.json")], "skim");
    check([file("a.test.ts", 100)], "skim");
  });
  it("is read for size, violations, later-run files and weakened tests", () => {
    check([file("src/a.ts", 401)], "read");
    check(Array.from({ length: 16 }, (_, n) => file(`docs/${n}.md`)), "read");
    check([file("src/a.ts")], "read", ["v1"]);
    check([file(".github/workflows/ci.yml")], "read");
    check([file("a.test.ts", 1, 5)], "read");
    check([file("a.test.ts", 0, 5, { status: "deleted" })], "read");
  });
  it("agrees with landing on what asks twice by its name", () => assert.notEqual(asksTwiceByName(file(".envrc")), undefined));
});
