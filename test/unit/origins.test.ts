import assert from "node:assert/strict";
import fc from "fast-check";
import { lineGaps, linesOf } from "../../src/core/review/line-diff.js";
import { baseOrigins, changedBy, settled } from "../../src/core/review/origins.js";

type Step = readonly [owner: string, text: string | undefined];

function track(base: string | undefined, steps: readonly Step[]) {
  return settled(steps.reduce((state, [owner, text]) => changedBy(state, owner, text), baseOrigins(base)));
}

function check(base: string | undefined, steps: readonly Step[], expected: { origins: readonly (number | string)[]; removedBy: readonly (string | undefined)[] }): void {
  const { origins, removedBy } = track(base, steps);
  assert.deepEqual({ origins, removedBy }, expected);
}

describe("line origins", () => {
  it("name the decision that wrote each line and the one that removed each base line", () => {
    check("a\nb\nc\n", [["d1", "a\nB\nc\n"], ["d2", "a\nB\nc\nd\n"]], { origins: [0, "d1", 2, "d2"], removedBy: [undefined, "d1", undefined] });
  });

  it("forget a line that one decision wrote and a later one removed", () => {
    check("a\n", [["d1", "a\nx\n"], ["d2", "a\n"]], { origins: [0], removedBy: [undefined] });
  });

  it("give a line written twice to the decision that wrote what is there now", () => {
    check("a\n", [["d1", "x\n"], ["d2", "y\n"]], { origins: ["d2"], removedBy: ["d1"] });
  });

  it("cancel a base line that one decision removed and another put back", () => {
    check("a\nb\nc\n", [["d1", "a\nc\n"], ["d2", "a\nb\nc\n"]], { origins: [0, 1, 2], removedBy: [undefined, undefined, undefined] });
  });

  it("cancel only the equal lines of a changed block", () => {
    check("a\nb\nc\n", [["d1", "z\n"], ["d2", "a\nz\nc\n"]], { origins: [0, "d1", 2], removedBy: [undefined, "d1", undefined] });
  });

  it("follow a file that was deleted and made again", () => {
    check("a\nb\n", [["d1", undefined], ["d2", "a\nB\n"]], { origins: [0, "d2"], removedBy: [undefined, "d1"] });
  });

  it("own every line of a new file, and none of an empty one", () => {
    check(undefined, [["d1", "a\nb"]], { origins: ["d1", "d1"], removedBy: [] });
    check(undefined, [["d1", ""]], { origins: [], removedBy: [] });
  });

  it("take a line that only lost its newline for a changed line", () => {
    check("a\nb\n", [["d1", "a\nb"]], { origins: [0, "d1"], removedBy: [undefined, "d1"] });
    check("a\nb", [["d1", "a\nb\nc"]], { origins: [0, "d1", "d1"], removedBy: [undefined, "d1"] });
  });

  it("take a line that only got a carriage return for a changed line", () => {
    check("a\nb\n", [["d1", "a\r\nb\n"]], { origins: ["d1", 1], removedBy: ["d1", undefined] });
  });

  it("are not misled by a line that ends like its neighbour", () => {
    check("b\n", [["d1", "ab\n"]], { origins: ["d1"], removedBy: ["d1"] });
    check("b", [["d1", "ab"]], { origins: ["d1"], removedBy: ["d1"] });
    check("a", [["d1", "ab"]], { origins: ["d1"], removedBy: ["d1"] });
    check("\n", [["d1", "\n\n"]], { origins: [0, "d1"], removedBy: [undefined] });
  });

  it("agree with an account kept line by line, where every line is different", () => {
    const edit = fc.record({ at: fc.nat(60), remove: fc.nat(6), insert: fc.nat(6) });
    fc.assert(
      fc.property(fc.nat(40), fc.array(fc.array(edit, { maxLength: 4 }), { maxLength: 12 }), fc.boolean(), (size, decisions, windows) => {
        const ending = windows ? "\r\n" : "\n";
        let made = 0;
        const fresh = (owner: number | string): { text: string; owner: number | string } => ({ text: `line ${String(made++)}${ending}`, owner });
        let lines = Array.from({ length: size }, (_, index) => fresh(index));
        const base = lines.map((line) => line.text).join("");
        const removedBy: (string | undefined)[] = lines.map(() => undefined);
        const steps: Step[] = decisions.map((edits, index) => {
          const owner = `d${String(index + 1)}`;
          for (const { at, remove, insert } of edits) {
            for (const gone of lines.slice(at, at + remove)) if (typeof gone.owner === "number") removedBy[gone.owner] = owner;
            lines = [...lines.slice(0, at), ...Array.from({ length: insert }, () => fresh(owner)), ...lines.slice(at + remove)];
          }
          return [owner, lines.map((line) => line.text).join("")];
        });
        check(base, steps, { origins: lines.map((line) => line.owner), removedBy });
      }),
    );
  });

  it("own every changed line exactly once, whatever the texts", () => {
    fc.assert(
      fc.property(fc.array(someText, { minLength: 1, maxLength: 8 }), ([base, ...texts]) => {
        const state = track(base, texts.map((text, index) => [`d${String(index + 1)}`, text]));
        assert.equal(state.lines.join(""), texts.at(-1) ?? base);
        const standing = state.origins.filter((origin) => typeof origin === "number");
        assert.deepEqual(standing, standing.toSorted((one, other) => one - other), "base lines keep their order");
        assert.deepEqual(standing.map((line) => state.base[line]), state.lines.filter((_, line) => typeof state.origins[line] === "number"));
        assert.deepEqual(
          state.removedBy.map((owner) => owner === undefined),
          state.base.map((_, line) => standing.includes(line)),
          "a base line stands or has one remover",
        );
      }),
    );
  });

  it("find nothing changed when the last decision restores the base", () => {
    fc.assert(
      fc.property(someText, fc.array(someText, { maxLength: 5 }), (base, texts) => {
        const state = track(base, [...texts, base].map((text, index) => [`d${String(index)}`, text]));
        assert.deepEqual(state.origins, state.base.map((_, line) => line));
      }),
    );
  });

  it("follow a thousand decisions over six thousand lines within two seconds of computing", () => {
    let lines = Array.from({ length: 6_000 }, (_, line) => `  const value${String(line % 900)} = compute(${String(line)}, "some text of an ordinary line");\n`);
    let state = baseOrigins(lines.join(""));
    const texts = Array.from({ length: 1_000 }, (_, n) => {
      const at = (n * 7_919) % lines.length;
      lines = [...lines.slice(0, at), `// decision ${String(n)}\n`, ...lines.slice(at + (n % 3))];
      return lines.join("");
    });
    // Processor time: the machine that runs the tests is shared.
    const from = process.cpuUsage();
    texts.forEach((text, n) => (state = changedBy(state, `d${String(n)}`, text)));
    settled(state);
    const took = process.cpuUsage(from).user / 1_000;
    assert.ok(took < 2_000, `it took ${took.toFixed(0)} ms`);
  });
});

const someText = fc
  .array(fc.constantFrom("a", "b", "c", "}", "", "x\r", "a longer line"), { maxLength: 14 })
  .chain((lines) => fc.boolean().map((newline) => lines.join("\n") + (newline && lines.length > 0 ? "\n" : "")));

describe("line gaps", () => {
  it("find the few fixed points of two texts too different for the exact search", () => {
    const noise = (from: number): string[] => Array.from({ length: 600 }, (_, n) => `${String(from + n)}\n`);
    const before = [...noise(0), "fixed\n", ...noise(1_000), "other\n"];
    const after = [...noise(2_000), "fixed\n", ...noise(3_000), "other\n", "end\n"];
    assert.deepEqual(lineGaps(before, after), [
      { oldStart: 0, oldEnd: 600, newStart: 0, newEnd: 600 },
      { oldStart: 601, oldEnd: 1_201, newStart: 601, newEnd: 1_201 },
      { oldStart: 1_202, oldEnd: 1_202, newStart: 1_202, newEnd: 1_203 },
    ]);
  });

  it("replace the whole middle when nothing in it can be told apart", () => {
    const before = Array.from({ length: 700 }, (_, n) => (n % 2 === 0 ? "{\n" : "}\n"));
    const after = Array.from({ length: 700 }, (_, n) => `${String(n)}\n`);
    assert.deepEqual(lineGaps(before, after), [{ oldStart: 0, oldEnd: 700, newStart: 0, newEnd: 700 }]);
  });

  it("split a text into lines that join to the same text", () => {
    fc.assert(fc.property(someText, (text) => { assert.equal(linesOf(text).join(""), text); }));
  });
});
