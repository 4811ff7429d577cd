// Ways to tamper with a record, each given chance: lines, the head, texts, other runs. None rewrites everything, which
// only a signature could show; those are in `rewrites` and are counted apart.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeHead } from "../../../src/store/head.js";
import { namedBlobs } from "../../../src/store/named-blobs.js";
import type { Chance } from "../../chance.js";
import type { RealLog } from "./real-log.js";
import { hashOf, rechained, rewritten, type Fields, type Tampered } from "./tampered.js";

type Tampering = (real: RealLog, stranger: RealLog, chance: Chance) => Tampered;

const bytesOf = (real: RealLog): Buffer[] => real.lines.map((line) => line.bytes);

/** Lines that differ in themselves or in their place: whoever reads stops at the first of them. */
function lines(what: string, made: readonly Buffer[], real: RealLog, forged = 0): Tampered {
  const before = bytesOf(real);
  const same = made.findIndex((line, n) => before[n]?.equals(line) !== true);
  const untouched = same === -1 ? made.length : same;
  return { what, log: Buffer.concat(made), by: "reader", untouched, most: untouched + forged };
}

/** Changes something that a person would want to change: a time, a word, a number. */
function edit(chance: Chance): (fields: Fields) => void {
  const how = chance.below(3);
  const shift = 1 + chance.below(1_000);
  return (fields) => {
    const names = Object.keys(fields).filter((name) => !["seq", "at", "prev", "more", "kind"].includes(name));
    const text = names.find((name) => typeof fields[name] === "string");
    const number = names.find((name) => typeof fields[name] === "number");
    if (how === 0 && text !== undefined) fields[text] = `${String(fields[text])}.`;
    else if (how === 1 && number !== undefined) fields[number] = Number(fields[number]) + shift;
    else fields["at"] = Number(fields["at"]) + shift;
  };
}

function changedLine(how: "old" | "fits", change: (chance: Chance) => (fields: Fields) => void, what: string): Tampering {
  return (real, _, chance) => {
    const at = chance.below(real.lines.length);
    const made = bytesOf(real).map((line, n) => (n === at ? rewritten(line, change(chance), how) : line));
    return lines(`${what} of event ${String(at + 1)}`, made, real, how === "fits" ? 1 : 0);
  };
}

function headOf(what: string, head: Buffer, real: RealLog): Tampered {
  return { what, head, by: "reader", untouched: real.events.length, most: real.events.length };
}

function blob(what: string, real: RealLog, made: (names: readonly string[]) => readonly (readonly [string, Buffer | undefined])[]): Tampered {
  const names = [...new Set(real.events.flatMap((event) => namedBlobs(event)))];
  return { what, blobs: new Map(made(names)), by: "verify", untouched: real.events.length, most: real.events.length };
}

const contentOf = (real: RealLog, name: string): Buffer => readFileSync(join(real.files.blobs, name));

const LINES: readonly Tampering[] = [
  (real, _, chance) => {
    const made = bytesOf(real);
    const [a, b] = [chance.below(made.length - 1), chance.below(made.length - 1)];
    const [first, second] = a < b ? [a, b] : [b, a + 1];
    made.splice(first, 1, ...made.splice(second, 1, made[first] ?? Buffer.alloc(0)));
    return lines(`events ${String(first + 1)} and ${String(second + 1)} exchanged`, made, real);
  },
  (real, _, chance) => {
    const made = bytesOf(real);
    const at = chance.below(made.length);
    const gone = made.splice(at, 1 + chance.below(5));
    return lines(`${String(gone.length)} dropped at event ${String(at + 1)}`, made, real);
  },
  (real, _, chance) => {
    const made = bytesOf(real);
    const at = chance.below(made.length);
    const to = chance.below(made.length + 1);
    made.splice(to, 0, made[at] ?? Buffer.alloc(0));
    const tampered = lines(`event ${String(at + 1)} once more at line ${String(to + 1)}`, made, real);
    // Behind the durable end it is no part of the record: readers do not come to it, and whoever verifies hears of it.
    return to === made.length - 1 ? { ...tampered, by: "verify" } : tampered;
  },
  changedLine("old", edit, "words"),
  changedLine("fits", edit, "words and hash"),
  changedLine("old", (chance) => (fields) => (fields["seq"] = Number(fields["seq"]) + (chance.oneIn(2) ? 1 : -1)), "number"),
  (real, stranger, chance) => {
    const made = bytesOf(real);
    const at = chance.below(made.length);
    const count = 1 + chance.below(3);
    const from = chance.below(stranger.lines.length - count);
    made.splice(at, chance.oneIn(2) ? count : 0, ...bytesOf(stranger).slice(from, from + count));
    // The first line of any run follows from nothing, so a foreign one is in its place there; the next is not.
    return lines(`${String(count)} of another run's lines at event ${String(at + 1)}`, made, real, at === 0 && from === 0 ? 1 : 0);
  },
  (real, stranger, chance) => {
    const made = bytesOf(real);
    const at = chance.below(made.length);
    const line = chance.pick(bytesOf(stranger));
    const prev = at === 0 ? "0".repeat(64) : hashOf(made[at - 1] ?? line);
    made[at] = rewritten(line, (fields) => Object.assign(fields, { seq: at + 1, prev }), "fits");
    return lines(`another run's line made to follow, as event ${String(at + 1)}`, made, real, 1);
  },
  (real, _, chance) => {
    const made = bytesOf(real);
    const at = chance.below(made.length);
    made[at] = rewritten(made[at] ?? Buffer.alloc(0), edit(chance), "fits");
    return { ...lines(`event ${String(at + 1)} forged, and all after it made to follow`, rechained(made, at), real), most: made.length };
  },
  (real, _, chance) => {
    const made = bytesOf(real);
    const at = chance.below(made.length);
    const line = made[at]?.toString("utf8") ?? "";
    const forms = [line.replace("\n", "\r\n"), ` ${line}`, `\uFEFF${line}`, `${line}\n`, line.replace("\n", ""), line.replace('{"seq":', '{ "seq": '), line.replace('"at":', '"at": ')];
    made[at] = Buffer.from(chance.pick(forms));
    const tampered = lines(`event ${String(at + 1)} in another form`, made, real);
    // An empty line behind a whole one spoils the next; behind the last one it lies after the durable end.
    const blank = made[at].toString("utf8") === `${line}\n`;
    if (!blank) return tampered;
    return at === made.length - 1 ? { ...tampered, by: "verify", untouched: at + 1, most: at + 1 } : { ...tampered, untouched: at + 1, most: at + 1 };
  },
  (real, _, chance) => {
    const at = chance.below(real.log.length - 1);
    const made = Buffer.concat([real.log.subarray(0, at), real.log.subarray(at + 1 + chance.below(200))]);
    const untouched = real.lines.filter((line) => line.end.bytes <= at).length;
    return { what: `bytes cut out at ${String(at)}`, log: made, by: "reader", untouched, most: untouched };
  },
];

const HEADS: readonly Tampering[] = [
  (real, _, chance) => headOf("a digit of the head", Buffer.from(real.head.toString("latin1").replace(/\d(?=\d* (?:bytes|hash)=)/, (digit) => String((Number(digit) + 1 + chance.below(9)) % 10))), real),
  (real, stranger) => {
    // Readers go no further than a head says, right or wrong: what lies beyond it was never durable.
    const within = real.lines.filter((line) => line.end.bytes <= stranger.log.length).length;
    return { what: "the head of another run", head: stranger.head, by: "reader", untouched: within, most: within };
  },
  (real, _, chance) => {
    const closing = real.lines.filter((line) => line.closes);
    const { end } = closing[chance.below(closing.length - 2)] ?? { end: { seq: 0, bytes: 0, hash: "" } };
    return { what: `the head set back to event ${String(end.seq)}, checksum and all`, head: encodeHead(end), by: "verify", untouched: end.seq, most: end.seq };
  },
  (real, _, chance) => headOf("a head that names an event to come", encodeHead({ seq: real.lines.length + 1 + chance.below(9), bytes: real.log.length + 400, hash: "ab".repeat(32) }), real),
  (real) => headOf("a head that names another last event", encodeHead({ seq: real.lines.length, bytes: real.log.length, hash: "cd".repeat(32) }), real),
  (real) => headOf("an empty head", Buffer.alloc(0), real),
  (real, _, chance) => {
    const inside = real.lines.filter((line) => !line.closes);
    const { end } = chance.pick(inside);
    return { what: `cut after event ${String(end.seq)}, within an append, and the head made to fit`, log: real.log.subarray(0, end.bytes), head: encodeHead(end), by: "verify", untouched: end.seq, most: end.seq };
  },
  (_, stranger) => ({ what: "the whole record of another run", log: stranger.log, head: stranger.head, by: "verify", untouched: 0, most: stranger.lines.length }),
];

const BLOBS: readonly Tampering[] = [
  (real, _, chance) =>
    blob("two texts exchanged", real, (names) => {
      const a = chance.pick(names);
      const b = chance.pick(names.filter((name) => name !== a));
      return [[a, contentOf(real, b)], [b, contentOf(real, a)]];
    }),
  (real, _, chance) => blob("a text edited", real, (names) => [chance.pick(names)].map((name) => [name, Buffer.concat([contentOf(real, name), Buffer.from(".")])])),
  (real, _, chance) => blob("a text cut short", real, (names) => [chance.pick(names)].map((name) => [name, contentOf(real, name).subarray(0, -1)])),
  (real, _, chance) => blob("a text taken away", real, (names) => [[chance.pick(names), undefined]]),
  (real, _, chance) => blob("an empty text", real, (names) => [[chance.pick(names), Buffer.alloc(0)]]),
  (real, stranger, chance) => blob("a text of another run under this one's name", real, (names) => [[chance.pick(names), contentOf(stranger, chance.pick(stranger.events.flatMap((event) => namedBlobs(event))))]]),
];

export const tamperings: readonly Tampering[] = [...LINES, ...HEADS, ...BLOBS];

/** What the machine's own user can do and no chain can show: everything rewritten to fit, or a whole end taken away. */
export const rewrites: readonly Tampering[] = [
  (real, _, chance) => {
    const at = chance.below(real.lines.length);
    const made = bytesOf(real);
    made[at] = rewritten(made[at] ?? Buffer.alloc(0), (fields) => (fields["at"] = Number(fields["at"]) + 1), "fits");
    const all = rechained(made, at);
    const log = Buffer.concat(all);
    return { what: `event ${String(at + 1)} forged, all after it and the head made to fit`, log, head: encodeHead({ seq: all.length, bytes: log.length, hash: hashOf(all.at(-1) ?? Buffer.alloc(0)) }), by: "verify", untouched: at, most: all.length };
  },
  (real, _, chance) => {
    const { end } = chance.pick(real.lines.filter((line) => line.closes));
    return { what: `all after event ${String(end.seq)} taken away, and the head made to fit`, log: real.log.subarray(0, end.bytes), head: encodeHead(end), by: "verify", untouched: end.seq, most: end.seq };
  },
];
