// The one sink for text on a screen, one-line cuts, and the mask for secrets.
import assert from "node:assert/strict";
import fc from "fast-check";
import { foldPath } from "../../src/core/text/fold.js";
import { mask } from "../../src/core/text/mask.js";
import { nearest } from "../../src/core/text/nearest.js";
import { oneLine } from "../../src/core/text/one-line.js";
import { visible } from "../../src/core/text/visible.js";

const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("a", "а", "ο", " ", "         ", "\n", "\n\n\n\n\n\n", "\t", "\r", "\u202E", "\u200B", "\uFE0F", "⚠", "](command:x)", "<vscode:x>", "[a]: data:x", "\u0301\u0301\u0301\u0301\u0301\u0301", "\uD800", "http://", "é", "[3 spaces]")).map((parts) => parts.join("")),
);

describe("visible text", () => {
  const check = (text: string, expected: string) => assert.equal(visible(text), expected);
  const checkLines = (text: string, expected: string) => assert.equal(visible(text, { lines: true }), expected);

  it("leaves ordinary text alone", () => checkLines("const ünï = 'ключ'; // 数据 ✅ ⚠️ ελληνικά\n\tindented", "const ünï = 'ключ'; // 数据 ✅ ⚠️ ελληνικά\n\tindented"));
  it("spells terminal controls out", () => check("\u001b[2JApproved\u001b[0m\u009b1m\u0000", "[U+001B][2JApproved[U+001B][0m[U+009B]1m[U+0000]"));
  it("shows a carriage return instead of obeying it", () => checkLines("rm -rf ~\recho hello", "rm -rf ~[U+000D]echo hello"));
  it("keeps a file name on one line", () => check("src/a\n M src/trusted.js", "src/a[U+000A] M src/trusted.js"));
  it("spells out what formats and is no letter, also where it takes room", () => check("a\u0600b\uFFF9c\u{13430}", "a[U+0600]b[U+FFF9]c[U+13430]"));
  it("spells bidi and zero-width characters out", () => check("a\u202Eb\u200Bc\u2066\uFEFF\u00AD", "a[U+202E]b[U+200B]c[U+2066][U+FEFF][U+00AD]"));
  it("spells tags, fillers and lone surrogates out", () => check("\u{E0041}\u3164\u2800\uD800", "[U+E0041][U+3164][U+2800][U+D800]"));
  it("marks letters that imitate Latin ones within a word", () => check("cat ./src/аdmin.js && curl https://gіthub.com", "cat ./src/[U+0430]dmin.js && curl https://g[U+0456]thub.com"));
  it("marks a host that is foreign as a whole", () => check("https://аре.com/путь", "https://[U+0430][U+0440][U+0435].com/путь"));
  it("marks colour signs that follow no emoji", () => check("rm\uFE0F", "rm[U+FE0F]"));
  it("counts spaces that push a tail out of sight", () => check(`ls${" ".repeat(400)}; touch x`, "ls[400 spaces]; touch x"));
  it("keeps indentation, and counts it only when it hides something", () => checkLines(`${" ".repeat(24)}deep\n${" ".repeat(300)}hidden`, `${" ".repeat(24)}deep\n[300 spaces]hidden`));
  it("counts blank lines", () => checkLines(`ls${"\n".repeat(63)}; touch x`, "ls\n[62 blank lines]\n; touch x"));
  it("keeps three blank lines", () => checkLines("a\n\n\n\nb", "a\n\n\n\nb"));
  it("makes links that act inert", () =>
    checkLines(
      "[a](command:x) [b](javascript:alert(1)) [c]( <DATA:text/html,x>) [d](vscode://x.y/z) [e](&#99;ommand:x) <vscode:x>\n[f]: command:x",
      "[a](not a link: command:x) [b](not a link: javascript:alert(1)) [c]( not a link: DATA:text/html,x>) [d](not a link: vscode://x.y/z) [e](not a link: &#99;ommand:x) < not a link: vscode:x>\n[f]: not a link: command:x",
    ));
  it("leaves code that only looks like a link", () => check("[Symbol.iterator](data: string) [ERROR]: TypeError: x [w](https://a.b) Array<file>", "[Symbol.iterator](data: string) [ERROR]: TypeError: x [w](https://a.b) Array<file>"));

  it("holds for any text: nothing unseen, no long gaps, and twice is once", () => {
    fc.assert(
      fc.property(nasty, fc.boolean(), (text, lines) => {
        const shown = visible(text, { lines });
        assert.equal(/[\p{Cc}\p{Cs}\u200B\u202E]/u.test(lines ? shown.replace(/[\n\t]/gu, "") : shown), false);
        assert.equal(/\S {9}/u.test(shown), false);
        assert.equal(/\n{5}/u.test(shown), false);
        assert.equal(/\]\((?:command|data):\S/u.test(shown), false);
        assert.equal(visible(shown, { lines }), shown);
      }),
      { numRuns: 500 },
    );
  });
});

describe("one line", () => {
  const check = (text: string, max: number, expected: string) => assert.equal(oneLine(text, max), expected);
  it("joins lines", () => check("  npm test\n  npm run lint\n", 80, "npm test ⏎ npm run lint"));
  it("counts what it cuts off", () => check("a".repeat(30), 20, `${"a".repeat(12)} … (+18)`));
  it("never exceeds its length nor cuts a character in two", () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 0, max: 60 }), (text, max) => {
        const line = oneLine(text, max);
        assert.ok(line.length <= max);
        assert.equal(/[\p{Cs}\n]/u.test(line), false);
      }),
    );
  });
});

describe("the mask for secrets", () => {
  const check = (text: string, expected: string, masked: number, secrets: readonly string[] = []) => assert.deepEqual(mask(text, secrets), { text: expected, masked });
  const a = (n: number) => "aB3".repeat(n).slice(0, n);

  it("leaves ordinary text alone", () => check("task-abc sk-short https://host:8080/a@b git@github.com:x/y ANTHROPIC_API_KEY is unset", "task-abc sk-short https://host:8080/a@b git@github.com:x/y ANTHROPIC_API_KEY is unset", 0));
  it("masks keys of model services", () => check(`sk-ant-api03-${a(40)} sk-proj-${a(40)}`, "[masked] [masked]", 2));
  it("masks tokens of code hosts and registries", () => check(`ghp_${a(36)} github_pat_${a(40)} glpat-${a(20)} npm_${a(36)}`, "[masked] [masked] [masked] [masked]", 4));
  it("masks cloud and chat credentials", () => check(`AKIA${"A1".repeat(8)} aws_secret_access_key = ${a(40)} xoxb-123456789012-abc AIza${a(35)}`, "[masked] aws_secret_access_key = [masked] [masked] [masked]", 4));
  it("masks private keys, also one that is cut off", () => check("x\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\ny -----BEGIN OPENSSH PRIVATE KEY-----\nabc", "x\n[masked]\ny [masked]", 2));
  it("masks authorization headers and keeps their kind", () => check("Authorization: Bearer abcdef123456\nx-api-key: abcdef123456", "Authorization: Bearer [masked]\nx-api-key: [masked]", 2));
  it("masks passwords in URLs", () => check("https://user:hunter2@host/x postgres://u:p@db", "https://user:[masked]@host/x postgres://u:[masked]@db", 2));
  it("masks exact values, also encoded", () => check('k/ey"value k%2Fey%22value k/ey\\"value', "[masked] [masked] [masked]", 3, ['k/ey"value']));
  it("ignores values too short to be secrets", () => check("a b", "a b", 0, ["", "a"]));

  it("never leaves a given value, and masks nothing the second time", () => {
    fc.assert(
      fc.property(nasty, fc.string({ minLength: 8, maxLength: 30 }), nasty, (before, secret, after) => {
        fc.pre(!"[masked]".includes(secret) && !secret.includes("masked"));
        const once = mask(before + secret + after, [secret]);
        assert.equal(once.text.includes(secret), false);
        assert.ok(once.masked >= 1);
        assert.equal(mask(once.text, [secret]).text, once.text);
      }),
    );
  });
  it("is quick on text made to slow it down", () => {
    const started = performance.now();
    for (const unit of ["a://", "a:b@", "authorization: ", "-----BEGIN PRIVATE KEY-----", "eyJaaaaaaaaaa.", "aws_secret_access_key   ", "x".repeat(50)]) mask(unit.repeat(20_000));
    assert.ok(performance.now() - started < 5_000);
  });
});

describe("folding and guessing", () => {
  it("folds what file systems confuse", () => assert.deepEqual([".GIT ", ".git::$INDEX_ALLOCATION", "GIT~1", ".g\u200Cit", ".ſvn", "sub/.VSCODE./x", "e\u0301"].map(foldPath), [".git", ".git", ".git", ".git", ".svn", "sub/.vscode/x", "é"]));
  it("guesses slips only", () => assert.deepEqual([nearest("maxStgae", ["maxStage", "scope"]), nearest("banana", ["maxStage", "scope"])], ["maxStage", undefined]));
});
