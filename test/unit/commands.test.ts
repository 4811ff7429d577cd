// Command lines against rules: deny and ask find every program, allow means plain words, and nothing is guessed.
import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeCommand } from "../../src/core/judge/command.js";
import { programsOf } from "../../src/core/judge/programs.js";
import type { CommandRule } from "../../src/core/policy/schema.js";

const rule = (decision: CommandRule["decision"]) => (match: string): CommandRule => ({ match, decision });
const DENY = ["npm publish", "git push *", "rm -rf *", "touch"].map(rule("deny"));

describe("the programs that a line names", () => {
  const check = (line: string, ...expected: string[]) => {
    const { named, unknown } = programsOf(line);
    assert.deepEqual([named.map((words) => words.map((word) => (word.kind === "open" ? "…" : word.text)).join(" ")), unknown], [expected, undefined]);
  };
  it("are one for a plain line", () => check("npm test --silent", "npm test --silent"));
  it("are none for an empty line or a comment", () => check("  # npm publish\n"));
  it("are found after every separator", () => check("a;b&c&&d||e|f|&g\nh", "a", "b", "c", "d", "e", "f", "g", "h"));
  it("are found in subshells and groups", () => check("(a; b) && { c; d; } > out", "a", "b", "c", "d"));
  it("are found in substitutions, which come first", () => check('x "$(a "$(b)")" `c \\`d\\`` <(e) ${v:-$(f)} $((1 + $(g)))', "b", "a …", "d", "c …", "e", "f", "g", "x … … … … …"));
  it("are found in all branches", () => check("if a; then b; elif c; then d; else e; fi; while f; do g; done; for x in 1 $(h); do i; done; case $(j) in a|b) k;; *) l; esac", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"));
  it("are found in functions", () => check("f() { a; }; function g { b; }; f", "a", "b", "f"));
  it("are found in quoted text that bash may evaluate", () => check("x 'a[$(b)]' \"\\$(c)\"", "b", "c", "x a[$(b)] $(c)"));
  it("are found behind assignments and redirects", () => check("A=1 B='x y' >out 2>&1 a <in b &> log", "a b"));
  it("are found in arrays and here-documents", () => check("x=(1 $(a)); cat <<EOF && b\n$(c)\nEOF\nd <<'EOF'\n$(e)\nEOF", "a", "cat", "b", "c", "d"));
  it("do not include tests and arithmetic", () => check("[[ -f a && ( b < c ) ]] && ((x > 1)) && [ -n x ]", "[ -n x ]"));
  it("lose their quotes and escapes", () => check("'to'uch \\t\"o\"uch $'\\x74ou\\143h' $\"touch\"", "touch touch touch touch"));
  it("continue over escaped line ends", () => check("to\\\nuch a\\\n b", "touch a b"));
  it("stand behind wrappers", () => check("timeout 5 env A=1 nice touch x", "timeout 5 env A=1 nice touch x", "5 env A=1 nice touch x", "env A=1 nice touch x", "nice touch x", "touch x"));
  it("stand in shells", () => check("bash -lc 'a; sh -c \"b c\"'", "bash -lc a; sh -c \"b c\"", "a", "sh -c b c", "b c"));
  it("stand in find and xargs", () => check("find . -exec a {} \\; -ok b +", "find . -exec a {} ; -ok b +", "a …", "b"));
  it("ignore what command -v looks up", () => check("command -v npm", "command -v npm"));
});

describe("lines that cannot be named to their end", () => {
  const check = (line: string) => {
    assert.notEqual(programsOf(line).unknown, undefined, line);
    assert.equal(judgeCommand([rule("deny")("zzz")], line).kind, "ask", line);
    assert.equal(judgeCommand([rule("allow")("*")], line).kind, "allow", line);
  };
  const lines = ["'a", '"a', "`a", "$(a", "(a", "a)", "((", "if a; then b", "fi", "ls\nif true; then touch x; fi\n((", "case x in", "${a", "{a,b} c", "$X a", "a;touch$IFS$P", "$(a) b", "eval $X", "bash", "echo a | sh", "bash <<< a", "bash -c \"$X\"", "sudo $X", "t*h a", "$'a", "a (b", "[[ a", "${ a;}", 'echo "$\\\n(a)"', "cat <<\\\n-E\nx\nE\na\n-E", "cat <<E\nE\\\nE\na\nE", "echo `cat <<A`\na\nA", "cat <<A", "cat <<$X\n$X", "echo \"${x:-'$(a)'}\"", "HOME=/bin/a; ~ b", 'A["0"]=1 a', "A[1 + 1]=1 a", "PS4='$(A[1 + 1]=1 a)'", "BASH_ALIASES[ls]=a\nls", "BASH_CMDS[ls]=/bin/a; ls", "hash -p /bin/a ls", "BASH_ENV=<(echo a) bash -c :", "env -S 'a\\_b'", "echo a | xargs -I% sh -c %", ". <(echo a)", ". /dev/stdin <<< a", "bash /dev/stdin <<< a", "/proc/self/exe -c a", "echo ${x@P}", "echo a | parallel"];
  for (const line of lines) it(`are a question: ${line.replaceAll("\n", "⏎")}`, () => check(line));
  it("are a question when they nest too deeply or are too long", () => {
    check("$(".repeat(60) + "a" + ")".repeat(60));
    check("a ".repeat(40_000));
  });
});

describe("deny and ask rules", () => {
  const check = (line: string, kind: string, rules: readonly CommandRule[] = DENY) => assert.equal(judgeCommand(rules, line).kind, kind, line);
  const denied = ["npm publish", "npm publish --access public", "npm --prefix x publish", "/usr/bin/npm publish", "NPM publish", "cd x && npm publish", "echo $(npm publish)", "timeout 9 npm publish", "sudo -u root npm publish", "timeout --foreground 5 npm publish", "env -i -S 'npm publish'", "xargs npm", "echo publish | xargs npm", "bash -c 'npm publish'", "eval npm publish", "eval 'npm' publish", "trap 'npm publish' EXIT", "alias x='npm publish'", "find . -execdir npm publish \\;", "git -C /x push", "git push", "git push -f origin", "git --git-dir=x push", "git -c alias.x='!npm publish' x", "git bisect run npm publish", "rm -r -f x", "rm -fr x", "rm --recursive --force x", "rm x -rf", "rm $X", "npm $X", "npx -c 'npm publish'", "watch npm publish", "nohup npm publish &", "f() { npm publish; }; f", "time npm publish", "! npm publish", "coproc npm publish", "A=1 npm publish", "> x npm publish", "npm 'publish'", "npm pub\"li\"sh", "npm p\\ublish", "busybox touch x", "command npm publish", "exec npm publish", "npm {publish,--tag}", "npm pub*", "npm exec -- npm publish"];
  // Each of these was seen to run its command in bash 5.2 while a reader saw something else.
  const hidden = ["n\u0000pm publish", "$'\\x{6e}pm' publish", "time -- npm publish", "time -p -- npm publish", "eval -- npm publish", "alias ls=npm\nls publish", ">out [[ x\nnpm publish\n]]", 'echo "`\\"npm\\" publish`"', "cat <<A $(\nnpm publish\nA\n)\nA", "cat <<E\n`ls`'$(npm publish)'\nE", "env a.b=1 npm publish", "env -vS 'npm publish'", "bash -oe pipefail -c 'npm publish'", "script -qc 'npm publish' /dev/null", "mapfile -c 1 -C 'npm publish #' <x", "[[ 'a[$(npm publish)]' -eq 0 ]]", "test -v 'a[$(npm publish)]'", "x='a[$(npm publish)]'; echo $((x))", "PS4='$(npm publish)'; set -x; ls", "compgen -W '$(npm publish)'", "/lib64/ld-linux-x86-64.so.2 /usr/bin/npm publish", "GIT_EDITOR='npm publish #' git commit", "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.x GIT_CONFIG_VALUE_0='!npm publish' git x", "git config alias.x '!npm publish'", "git submodule foreach 'npm publish'", "setarch x86_64 npm publish", "docker run node npm publish", "direnv exec . npm publish", "corepack npm publish", "coproc X { npm publish; }", "bash ./npm publish", ". ./npm publish"];
  for (const line of hidden) it(`deny, however it is hidden: ${line.replaceAll("\n", "⏎")}`, () => check(line, "deny"));
  for (const line of denied) it(`deny: ${line}`, () => check(line, "deny"));
  const free = ["npm test", "npm run build", "git status", "git commit -m push", "git log --grep push", "rm -r build", "rm x", "echo npm publish", "grep -r 'npm publish' .", "ls && cat package.json | wc -l", "f=$(mktemp) && echo TMPOK > $f && cat $f", "node -e \"console.log(1)\"", "printf '#!/bin/sh\\n' > run.sh && chmod +x run.sh", "for f in *.ts; do wc -l \"$f\"; done", "git diff --stat | head -20", "[ -f a ] && echo yes || echo no", "python3 -c \"import os; os.makedirs('a')\"", "npx tsc -b && npx mocha 'out/**/*.test.js'", "cat <<'EOF' > a.txt\nnpm publish\nEOF", "sed -i 's/a/b/g' src/*.ts", "export PATH=$PWD/bin:$PATH; make -j4", "exit 7", "cd src; ls -la; cd ..", "git mv a b 2>/dev/null || mv a b"];
  for (const line of free) it(`run without a question: ${line.replaceAll("\n", "⏎")}`, () => check(line, "allow"));

  it("beat one another: deny, then ask, then allow", () => {
    const rules = [rule("allow")("npm test"), rule("ask")("npm *"), rule("deny")("npm publish")];
    check("npm publish", "deny", rules);
    check("npm test", "ask", rules);
    check("npm test; npm publish", "deny", rules);
    check("ls", "allow", rules);
  });
  it("find options in any spelling", () => {
    const rules = [rule("deny")("git push --force *")];
    for (const line of ["git push --force", "git push -f", "git push origin main -f", "git push --forc", "git -C x push --force=1"]) check(line, "deny", rules);
    for (const line of ["git push", "git push --follow-tags", "git push --force-with-lease"]) check(line, "allow", rules);
  });
  it("meet a program that is named with its folder by its name", () => check("bash scripts/../deploy.sh now", "deny", [rule("deny")("./deploy.sh *")]));
  it("name the rule and its reason", () => assert.deepEqual(judgeCommand([{ match: "npm publish*", decision: "deny", reason: "release team only" }], "npm publish"), { kind: "deny", rule: 'vigil.policy.commands "npm publish*": deny (release team only)' }));
  it("do not exist by default", () => assert.deepEqual(judgeCommand([], "rm -rf /"), { kind: "allow", rule: "no rule: confined" }));
});

describe("allow rules", () => {
  const PATTERNS = ["ls", "ls *", "cat src/*", "npm test", "git log *", "git status", "find *", "sort *", "uniq *", "xargs *", "rg *", "tar *", "echo *", "curl *", "env *", "timeout *", "bash *", "wc -l *"];
  const check = (line: string, matched: boolean) => assert.equal(judgeCommand(PATTERNS.map(rule("allow")), line).rule !== "no rule: confined", matched, line);
  for (const line of ["ls", "ls src test", "cat src/a.js", "npm test", "echo hello", "wc -l src/a.ts"]) it(`match: ${line}`, () => check(line, true));
  const P = "/tmp/pwn";
  const attacks = [`git log -1 --output=${P}`, `find . -maxdepth 0 -exec touch ${P} \\;`, "rg --pre ./x.sh name package.json", `sort -o ${P} package.json`, `uniq package.json ${P}`, `echo ${P} | xargs touch`, `git -c core.fsmonitor='touch ${P}; true' status`, "git status", `git -c alias.st='!touch ${P}' st`, `git grep -O'touch ${P} #' name`, `tar -cf /dev/null package.json --checkpoint=1 --checkpoint-action=exec='touch ${P}'`, `echo "$(touch ${P})"`, `ls\ntouch ${P}`, `ls & touch ${P}; wait`, `cat package.json > ${P}`, `ls;touch$IFS${P}`, `export GIT_EXTERNAL_DIFF='touch ${P}; true'; git diff HEAD`, "GIT_EXTERNAL_DIFF='x' git diff HEAD", "npm test --silent", `ls; $'\\x74ouch' ${P}`, "cat src/../../home/canary.txt", `timeout 5 env nice bash -c "touch ${P}"`, "ls\nif true; then touch x; fi\n((", `GIT_TRACE=${P} git status`, `cat package.json | tee ${P}`, `curl -s -o ${P} file:///x`, "ls ~", "ls *", "ls {a,b}", "lѕ", "ls\u00a0x", " ls", "ls\\\n x", "/bin/ls", "./ls", "ls -la", "ls /etc", "LS", "ls 'a b'", "ls a=b", "ls\t"];
  for (const line of attacks) it(`do not match: ${line.replaceAll("\n", "⏎")}`, () => check(line, false));
});

describe("any line at all", () => {
  const piece = fc.constantFrom("npm", "publish", "a", " ", "  ", "\n", ";", "&&", "|", "(", ")", "{", "}", "$(", "`", "'", '"', "\\", "$", "${", "((", "))", "<<EOF", "EOF", ">", "<(", "if", "then", "fi", "case", "in", "esac", ";;", "for", "do", "done", "[[", "]]", "#", "=", "*", "-c", "bash", "eval", "xargs", "env", "$'", "!", "time");
  const line = fc.oneof(fc.string({ unit: "binary" }), fc.array(piece, { maxLength: 24 }).map((parts) => parts.join("")), fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(" ")));
  it("is judged without an error, the same each time", () => fc.assert(fc.property(line, (text) => assert.deepEqual(judgeCommand(DENY, text), judgeCommand(DENY, text))), { numRuns: 1500 }));
  it("never gets freer by another deny or ask rule", () => {
    const rules = fc.array(fc.record({ match: fc.constantFrom("npm publish", "a *", "bash", "*"), decision: fc.constantFrom("deny" as const, "ask" as const, "allow" as const) }), { maxLength: 3 });
    const strict = { allow: 0, ask: 1, deny: 2 };
    fc.assert(fc.property(line, rules, fc.constantFrom("deny" as const, "ask" as const), (text, before, decision) => assert.ok(strict[judgeCommand([...before, { match: "npm *", decision }], text).kind] >= strict[judgeCommand(before, text).kind])));
  });
  it("is denied or asked about wherever a denied program hides in ordinary syntax", () => {
    const around = fc.constantFrom((x: string) => `ls; ${x}`, (x: string) => `(true; ${x}; true)`, (x: string) => `echo "$( ${x})"`, (x: string) => `if true; then ${x}; fi`, (x: string) => `env A=1 ${x}`, (x: string) => `true &&\n${x} # done`, (x: string) => `bash -c '${x.replaceAll("'", "'\\''")}'`, (x: string) => `{ ${x}; } 2>&1 | cat`, (x: string) => `for i in 1; do ${x}; done`, (x: string) => `cat <<< "\`true\`"; ${x}`, (x: string) => `timeout -k 5 10 bash -c "eval '${x.replaceAll("'", "'\\''").replaceAll("$", "\\$").replaceAll('"', '\\"').replaceAll("`", "\\`")}'"`);
    fc.assert(fc.property(fc.array(around, { maxLength: 4 }), (wraps) => {
      const text = wraps.reduce((inner, wrap) => wrap(inner), "npm publish");
      assert.notEqual(judgeCommand(DENY, text).kind, "allow", text);
    }), { numRuns: 500 });
  });
  it("does not keep the judge busy", () => {
    const started = performance.now();
    for (const unit of ["sudo ", "eval ", "bash -c '", "env -S \"", "find -exec ", "$(", "((", "{a,", "git -c a=b ", "watch ", "xargs parallel "]) judgeCommand(DENY, unit.repeat(2_000));
    assert.ok(performance.now() - started < 3_000);
  });
});
