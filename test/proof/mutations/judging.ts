// What a run may do: judging, comparing after each step, layers and borders, answers, policy, and the second question before
// anything lands.
import { attack, test, without, type Mutation, type Notice } from "./mutation.js";

const JUDGE = "src/core/judge/judge.ts";
const PATH = "src/core/judge/path.ts";
const TWICE = "src/core/judge/asks-twice.ts";
const MANIFEST = "src/core/judge/manifest.ts";
const NARROW = "src/core/policy/narrow.ts";
const INSPECTION = "src/runner/inspection.ts";
const LAND = "src/runner/landing/land-run.ts";
const BY_POLICY = "src/runner/landing/by-policy.ts";

const later = (name: string, find: string, noticed: string | Notice): Mutation => without(`the second question: ${name}`, TWICE, find, find.replace("{ find: /", "{ find: /(?!)"), typeof noticed === "string" ? attack(noticed) : noticed);

export const judgingMutations: readonly Mutation[] = [
  without("an error while judging denies", JUDGE, "    return deny(`an error while judging: ${why}`,", "    if (why !== \"\") return allow(why);\n    return deny(`an error while judging: ${why}`,", test("unit/judge")),
  without("git's own folder", JUDGE, "if (isInGit(path)) return", "if (false) return", test("unit/judge")),
  without("no change without a decision", JUDGE, "if (run.openDecision === undefined) return", "if (false) return", test("unit/judge")),
  without("hidden files are not written", JUDGE, "  const hidden = firstMatch(policy.hidden, path);\n  if (hidden !== undefined) return deny(`vigil.policy.hidden \"${hidden}\"`, `Refused: ${path} is hidden by policy (\"${hidden}\"), so", "  const hidden = firstMatch(policy.hidden, path);\n  if (path === \"\\0\") return deny(`vigil.policy.hidden \"${hidden}\"`, `Refused: ${path} is hidden by policy (\"${hidden}\"), so", test("unit/judge")),
  without("paths that policy holds read-only", JUDGE, 'if (held.stage === "read-only") return deny', "if (false) return deny", attack("ctl-14")),
  without("protected paths", JUDGE, "if (guarded !== undefined) return ask", "if (false) return ask", attack("ctl-11", "ctl-12")),
  without("the scope", JUDGE, 'if (held.stage === "bounded-write" && !(', 'if (held.stage === "bounded-write" && false && !(', attack("ctl-13")),
  without("commands that policy denies", JUDGE, 'if (verdict.kind === "deny") return deny(verdict.rule, `Refused: this command', 'if (verdict.kind === "deny") return allow(`Refused: this command', attack("ctl-19")),
  without("the network stays shut to every request", JUDGE, 'return deny("the network stays shut",', 'return allow(', test("unit/judge")),
  without("read-only runs never land by themselves", JUDGE, "if (!writesWorktree(run.stage)) return deny(\"read-only runs never land\",", "if (false) return deny(\"read-only runs never land\",", test("unit/judge")),
  without("a person lands below the highest stage", JUDGE, 'if (run.stage !== "autonomous-with-summary") return', "if (false) return", test("unit/judge")),
  without("landing by policy goes to policy's branch only", JUDGE, 'if (branch !== policy["landing.branch"]) return', "if (false) return", test("unit/judge")),
  without("doubts make a landing a person's business", JUDGE, 'return doubt === undefined ? allow', "return true ? allow", test("unit/judge")),
  without("what policy refuses no person can grant to the agent", JUDGE, 'return verdict.kind === "deny" ? (verdict.tell', 'return verdict.kind === "host" as string ? (verdict.tell', test("unit/judge")),
  without("names are compared folded", PATH, "const always = PROTECTED_ALWAYS.find((glob) => firstMatch([`**/${glob}`], path) !== undefined);", "const always = PROTECTED_ALWAYS.find((glob) => glob === path);", test("unit/judge")),
  without("the most specific rule of a path, the lowest of all levels", PATH, "const stage = lowestStage(...results.map((result) => result.stage));", "const stage = runStage;", attack("ctl-14")),

  without("the comparison after each step", INSPECTION, "const refused = [...refusals(site, changes), ", "const refused = [...refusals(site, []), ", attack("ctl-11", "ctl-13")),
  without("what is refused is taken out", INSPECTION, "refused.length === 0 ? seen.tree : await takeOut(site, before, refused)", "seen.tree", attack("ctl-11", "ctl-13")),
  without("a hidden file stays hidden under another name", INSPECTION, "  if (gone.length === 0) return [];", "  if (gone.length >= 0) return [];", attack("ctl-21")),
  without("the workshop dies before files go back", INSPECTION, "  await site.shop.close();\n  await restore", "  await restore", attack("ctl-22")),
  without("outside a decision a layer takes the writes", "src/runner/walls.ts", 'input.tree === "write" ?', 'input.tree !== "scratch" as string ?', attack("ctl-17", "ctl-18")),
  without("ending a decision replaces the workshop", "src/runner/shop.ts", "    this.#giveUp();\n    await this.#gone;\n    return farewell", "    return farewell", test("runner/shop")),
  without("a decision that was dropped leaves the files", "src/runner/calls/end-decision.ts", "    await restore(site.worktree, open.before);\n    return { tree: open.before", "    return { tree: open.before", test("runner/stages")),
  without("the throw-away layer is emptied at the border", "src/runner/shop.ts", 'this.#tree === "layer" ? await this.#tools.sweep()', 'this.#tree === "nothing" as string ? await this.#tools.sweep()', test("runner/stages")),
  without("a rejection takes the stack out of the worktree", "src/runner/drop.ts", "  await restore(site.worktree, first.before);", "", test("runner/gates")),

  without("an answer names what was shown", "src/runner/commands/answer.ts", "if (command.digest !== gate.digest) return", "if (false) return", test("runner/answers")),
  without("the first answer holds", "src/runner/commands/answer.ts", "if (closed !== undefined) return", "if (false) return", test("runner/answers")),
  without("who may approve", "src/runner/approver.ts", "if (file !== undefined && !rule.people.some((person) => same(person, by.email))) {", "if (false) {", test("runner/answers")),
  without("a second person", "src/runner/approver.ts", "if (!run.spec.policy.values.secondPerson || ", "if (run.spec.policy.values.secondPerson || ", test("runner/answers")),

  without("policy: the lowest stage wins", NARROW, "asked as Stage);\n    return", "CEILING_WITHOUT_POLICY);\n    return", test("unit/policy-merge")),
  without("policy: the smaller limit wins", NARROW, "Math.min(held as number, asked as number)", "asked", test("unit/policy-merge")),
  without("policy: the larger bar wins", NARROW, "Math.max(held as number, asked as number)", "asked", test("unit/policy-merge")),
  without("policy: a demand once made stays", NARROW, "held === true || asked === true", "asked === true", test("unit/policy-merge")),
  without("policy: what protects adds up", NARROW, "union: (held, asked) => union(held as readonly unknown[], asked as readonly unknown[]),", "union: (_, asked) => asked,", test("unit/policy-merge")),
  without("policy: what opens must be opened by each", NARROW, "return held === undefined ? undefined : bothAllow(held as readonly string[], asked as readonly string[]);", "return asked;", test("unit/policy-merge")),
  without("policy: allowing rules count only where they stood", NARROW, 'asked.filter((rule) => rule.decision !== "allow")', "asked", test("unit/policy-merge")),
  without("policy: the stricter answer to silence wins", NARROW, "return ANSWERS.indexOf(a) >= ANSWERS.indexOf(b) ? a : b;", "return b;", test("unit/policy-merge")),
  without("policy: some settings only the base commit makes", NARROW, '"base-only": (held) => held,', '"base-only": (_, asked) => asked,', test("unit/policy-merge")),

  without("the second question before landing", LAND, "if (open.length > 0) return { stop: stop(\"confirm\"", "if (false) return { stop: stop(\"confirm\"", attack("later-05")),
  without("required checks before landing", LAND, "if (red !== undefined) return", "if (false) return", test("runner/landing")),
  without("what was decided meanwhile stops a landing", LAND, "if (site.halt.aborted || groundsOf(ledger.run) !== grounds) {", "if (false) {", test("runner/races")),
  without("nothing lands twice", LAND, 'if (run.landing?.state === "landed") return', "if (false) return", test("runner/landing")),
  without("a read-only run never lands", LAND, 'if (run.spec.stage === "read-only" || run.stage === "read-only") {', "if (false) {", test("runner/answers")),
  without("files that ask twice keep policy from landing", BY_POLICY, "const reasons = [...planned, ...recordReasons(run)];", "const reasons = recordReasons(run);", test("runner/answers")),
  without("violations keep policy from landing", BY_POLICY, "...(run.violations.length === 0 ? [] :", "...(run.violations.length >= 0 ? [] :", test("runner/answers")),
  without("changed tests keep policy from landing", BY_POLICY, "...(tests.length === 0 ? [] :", "...(tests.length >= 0 ? [] :", test("runner/answers")),
  without("the second question: links", TWICE, 'if (before === "120000" || after === "120000") return', "if (false) return", attack("rev-06")),
  without("the second question: repositories", TWICE, 'if (before === "160000" || after === "160000") return', "if (false) return", test("unit/judge")),
  without("the second question: executable bits", TWICE, "if (isFile(before) && isFile(after) && before !== after) {", "if (false) {", attack("later-15")),
  without("the second question: binaries", TWICE, "if (change.binary) return", "if (false) return", attack("later-16")),
  without("the second question: unreadable text", TWICE, "return unreadable ?", "return false ?", attack("later-17")),
  without("the second question: what a package runs", MANIFEST, 'if (name === "package.json") return', "if (false) return", attack("land-23", "later-01")),
  without("the second question: what builds a package", MANIFEST, 'if (name === "pyproject.toml") return', "if (false) return", attack("later-06")),
  without("the second question: hosts of a lock file", MANIFEST, "if (LOCK_FILES.test(name)) return", "if (false) return", attack("later-03")),
  later("the editor's folder", "{ find: /(?:^|\\/)\\.vscode\\//u", "land-01"),
  later("another editor's folder", "{ find: /(?:^|\\/)\\.idea\\//u", "later-08"),
  later("workspaces", "{ find: /\\.code-workspace$/u", "later-07"),
  later("containers", "{ find: /(?:^|\\/)\\.devcontainer(?:\\/|\\.json$)/u", "land-08"),
  later("folder environments", "{ find: /(?:^|\\/)\\.envrc$/u", test("unit/judge")),
  later("git hooks", "{ find: /(?:^|\\/)\\.husky\\//u", "later-05"),
  later("build servers", "{ find: /(?:^|\\/)\\.github\\/(?:workflows|actions)\\//u", "land-07"),
  later("other build servers", "{ find: /(?:^|\\/)(?:\\.gitlab-ci", test("unit/judge")),
  later("Python's start", "{ find: /\\.pth$/u", "later-11"),
  later("Python's tools", "{ find: /(?:^|\\/)(?:conftest|", "later-04"),
  later("Rust builds", "{ find: /(?:^|\\/)(?:build\\.rs|", "later-09"),
  later("programs of agents", "{ find: /(?:^|\\/)\\.mcp\\.json$/u", "land-09"),
  later("folders of agents", "{ find: /(?:^|\\/)\\.(?:cursor|", "land-12"),
  later("words to agents", "{ find: /(?:^|\\/)(?:agents|", "land-19"),
  later("downloaded builds", "{ find: /(?:^|\\/)gradle\\/wrapper\\//u", "later-12"),
  later("this supervision", "{ find: /(?:^|\\/)\\.vigil(?:\\/|$)/u", "land-21"),
];
