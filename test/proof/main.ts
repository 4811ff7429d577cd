// npm run proof: measures every row of the table and prints it. What cannot be shown here says so and counts as a failure.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Outcome, Row } from "./row.js";
import { rows } from "./rows.js";

interface Shown {
  readonly row: Row;
  readonly outcome: Outcome;
  readonly seconds: number;
}

const usage = `Usage: npm run proof -- [--row ID]... [--only TEXT] [--quick] [--seed N] [--json]\nRows: ${rows.map((row) => row.id).join(", ")}`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { row: { type: "string", multiple: true }, quick: { type: "boolean" }, seed: { type: "string" }, only: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" } } });
  const seed = Number(values.seed ?? "1");
  const unknown = (values.row ?? []).filter((id) => !rows.some((row) => row.id === id));
  if (values.help === true || unknown.length > 0 || !Number.isSafeInteger(seed)) {
    process.stderr.write(`${usage}\n`);
    return values.help === true ? 0 : 2;
  }
  const wanted = values.row === undefined ? rows : rows.filter((row) => values.row?.includes(row.id));
  const results: Shown[] = [];
  for (const row of wanted) {
    process.stderr.write(`${row.title}\n`);
    const shown = await measured(row, values.quick === true ? "quick" : "whole", seed, values.only);
    process.stderr.write(`  ${verdictOf(shown.outcome)}: ${figureOf(shown.outcome)} (${shown.seconds.toFixed(0)} s)\n`);
    results.push(shown);
  }
  process.stdout.write(values.json === true ? `${JSON.stringify(asJson(results, seed), null, 2)}\n` : asTable(results));
  return results.length > 0 && results.every(({ outcome }) => verdictOf(outcome) === "shown") ? 0 : 1;
}

async function measured(row: Row, size: "quick" | "whole", seed: number, only: string | undefined): Promise<Shown> {
  const folder = await mkdtemp(join(tmpdir(), `vigil-proof-${row.id}-`));
  const started = performance.now();
  const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
  try {
    const outcome = await row.measure({ size, seed, folder, say, only });
    return { row, outcome, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    // A row that breaks has shown nothing; the others still can.
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { row, outcome: { kind: "not shown", why: `the measurement itself broke: ${why}` }, seconds: (performance.now() - started) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function verdictOf(outcome: Outcome): "shown" | "short" | "not shown" {
  return outcome.kind === "not shown" ? "not shown" : outcome.met ? "shown" : "short";
}

const figureOf = (outcome: Outcome): string => (outcome.kind === "shown" ? outcome.figure : outcome.why);

function asTable(results: readonly Shown[]): string {
  const lines = results.map(({ row, outcome }) => `| ${row.title} | ${row.target} | ${figureOf(outcome).split("\n")[0] ?? ""} | ${verdictOf(outcome)} |`);
  const short = results.flatMap(({ row, outcome }) => (outcome.kind === "shown" ? outcome.short.map((one) => `${row.id}: ${one}`) : [`${row.id}: ${outcome.why}`]));
  return [`| test | target | measured | |`, `| --- | --- | --- | --- |`, ...lines, ...(short.length === 0 ? [] : ["", "Short:", ...short.map((one) => `- ${one}`)]), ""].join("\n");
}

function asJson(results: readonly Shown[], seed: number): unknown {
  return {
    seed,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    user: process.getuid?.() === 0 ? "root" : "not root",
    rows: results.map(({ row, outcome, seconds }) => ({ id: row.id, title: row.title, target: row.target, verdict: verdictOf(outcome), seconds: Math.round(seconds), ...outcome })),
  };
}

const code = await main();
// A row that broke may have left something open; the table is what was asked for. Ended only once it has been taken.
process.stdout.write("", () => process.exit(code));
