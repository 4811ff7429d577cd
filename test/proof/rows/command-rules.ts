// Command rules against what bash really does: no allow rule may cover a line that does something else, no deny or ask rule
// may miss a line that runs its command, and ordinary work must not be asked about.
import { judgeCommand } from "../../../src/core/judge/command.js";
import type { CommandRule } from "../../../src/core/policy/schema.js";
import { chanceOf } from "../../chance.js";
import type { Outcome, Proving, Row } from "../row.js";
import { benign, teamRules } from "../rules/benign.js";
import { corpus } from "../rules/corpus.js";
import { corrupted, disguised, type Mutation, type Setting } from "../rules/mutations.js";
import { truthWithin, type Call, type Happened, type Truth } from "../rules/truth.js";

const SIZES = { quick: { allow: 25, strict: 25 }, whole: { allow: 200, strict: 200 } } as const;
const NOT_ASKED = 0.9;

const ALLOW = ["ls *", "wc -l *", "npm test", "tsc *"];
const PLAIN = ["ls src", "wc -l src/a.js", "npm test", "tsc src/a.js"];

/** A rule, a command that it means, and how its call is told from others without the judge's help. */
const STRICT: readonly { readonly rule: CommandRule; readonly command: string; readonly meant: (call: Call) => boolean }[] = [
  { rule: { match: "npm publish", decision: "deny" }, command: "npm publish", meant: ([name, ...rest]) => name === "npm" && rest.includes("publish") },
  { rule: { match: "git push *", decision: "ask" }, command: "git push origin", meant: ([name, ...rest]) => name === "git" && rest.includes("push") },
  { rule: { match: "rm -rf *", decision: "deny" }, command: "rm -rf src", meant: ([name, ...rest]) => name === "rm" && rest.includes("-rf") },
];

interface Tally {
  readonly tried: number;
  readonly live: number;
  readonly short: readonly string[];
}

async function measure(proving: Proving): Promise<Outcome> {
  const { size, seed, folder } = proving;
  const truth = await truthWithin(folder);
  try {
    const corpusShort = knownBypasses();
    const allow = await allowRules(truth, seed, SIZES[size].allow);
    proving.say(`${allow.live} lines that do something else than an allow rule means, among ${allow.tried}`);
    const strict = await strictRules(truth, seed + 1, SIZES[size].strict);
    proving.say(`${strict.live} lines that run a forbidden command, among ${strict.tried}`);
    const asked = benign.filter((line) => judgeCommand(teamRules, line).kind !== "allow");
    const free = benign.length - asked.length;
    const tooMany = free / benign.length < NOT_ASKED ? asked.map((line) => `asked about ordinary work: ${line}`) : [];
    const short = [...corpusShort, ...allow.short, ...strict.short, ...tooMany];
    return {
      kind: "shown",
      figure: `${corpus.length - corpusShort.length} of ${corpus.length} kept from an allow · ${allow.short.length} of ${allow.live} auto-allowed · ${strict.live - strict.short.length} of ${strict.live} met by a deny or ask · ${free} of ${benign.length} benign not asked (${Math.floor((100 * free) / benign.length)} %)`,
      met: short.length === 0,
      short,
      details: { allow: { tried: allow.tried, live: allow.live }, strict: { tried: strict.tried, live: strict.live }, benignAsked: asked },
    };
  } finally {
    await truth.close();
  }
}

/** For each the rules that its words invite: a beginning of it with anything behind, and any file of the folder it names. */
function knownBypasses(): readonly string[] {
  return corpus.flatMap(({ id, title, line }) => {
    const words = line.split(/\s+/u);
    const beginnings = words.slice(0, -1).map((_, n) => [...words.slice(0, n + 1), "*"].join(" "));
    const patterns = [...beginnings, line.replace(/^(\S+ [A-Za-z]+\/).*$/su, "$1*"), words[0] ?? ""].filter((pattern) => pattern !== line);
    const matched = patterns.find((match) => isAllowed(judgeCommand([{ match, decision: "allow" }], line)));
    return matched === undefined ? [] : [`${id} (${title}): "${matched}" allows ${line}`];
  });
}

/** Counts lines that do something else than their plain words say, until there are `wanted` of them. */
async function allowRules(truth: Truth, seed: number, wanted: number): Promise<Tally> {
  const chance = chanceOf(seed);
  const setting: Setting = { standIns: truth.standIns, chance };
  const rules = ALLOW.map((match): CommandRule => ({ match, decision: "allow" }));
  return until(wanted, async () => {
    const mutation = corrupted(chance.pick(PLAIN), "npm publish", setting);
    const verdict = judgeCommand(rules, mutation.line);
    let happened = await truth.of(mutation.line);
    // A machine that is busy can end a line before it did what it does; what is worth telling happens twice.
    if (isAllowed(verdict) && !isPlain(mutation.line, happened)) happened = await truth.of(mutation.line);
    return { live: !isPlain(mutation.line, happened), short: isAllowed(verdict) ? `${verdict.rule} covers ${shown(mutation)}, which did ${JSON.stringify(happened)}` : undefined };
  });
}

async function strictRules(truth: Truth, seed: number, wanted: number): Promise<Tally> {
  const chance = chanceOf(seed);
  const setting: Setting = { standIns: truth.standIns, chance };
  return until(wanted, async () => {
    const { rule, command, meant } = chance.pick(STRICT);
    const mutation = disguised(command, setting);
    const { calls } = await truth.of(mutation.line);
    const verdict = judgeCommand([rule], mutation.line);
    return { live: calls.some(meant), short: verdict.kind === "allow" ? `"${rule.match}" misses ${shown(mutation)}` : undefined };
  });
}

async function until(wanted: number, next: () => Promise<{ readonly live: boolean; readonly short: string | undefined }>): Promise<Tally> {
  let [tried, live] = [0, 0];
  const short: string[] = [];
  while (live < wanted) {
    if (tried > 10 * wanted) throw new Error(`of ${tried} lines only ${live} did anything: the stand-ins are not reached`);
    tried += 1;
    const result = await next();
    if (!result.live) continue;
    live += 1;
    if (result.short !== undefined) short.push(result.short);
  }
  return { tried, live, short };
}

/** Whether all that happened is what somebody reads who knows nothing of shells: one program with these words. */
function isPlain(line: string, { calls, made }: Happened): boolean {
  return made.length === 0 && JSON.stringify(calls) === JSON.stringify([line.split(" ")]);
}

function isAllowed(verdict: { readonly kind: string; readonly rule: string }): boolean {
  return verdict.kind === "allow" && verdict.rule !== "no rule: confined";
}

function shown({ line, ways }: Mutation): string {
  return `${JSON.stringify(line)} (${ways.join(", then ")})`;
}

export const commandRules: Row = {
  id: "command-rules",
  title: "command rules: corpus · generated mutations · benign commands",
  target: "all kept from matching an allow · 0 of 200 auto-allowed, every deny and ask met · 90 % of 60 not asked",
  measure,
};
