// npm run bench: measures the rows and prints them as a table or as JSON. A row that cannot be measured here says so; a
// target that is missed is printed as missed, and makes the exit code 1 only when something could not be measured.
import { mkdtemp } from "node:fs/promises";
import { availableParallelism, cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { erase } from "../../src/git/erase.js";
import { rows } from "./rows.js";
import type { BenchRow, Measured } from "./row.js";
import { asTable } from "./table.js";

const usage = `Usage: npm run bench -- [--row ID]... [--trees 4000,28000] [--events 1000,100000] [--changes N] [--seed N] [--json]
Rows: ${rows.map((row) => row.id).join(", ")}
Trees of 79000 and 100000 files and logs of 1000000 events take minutes each; ask for them by number.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { row: { type: "string", multiple: true }, trees: { type: "string" }, events: { type: "string" }, changes: { type: "string" }, seed: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" } },
  });
  const trees = numbers(values.trees ?? "4000,28000");
  const events = numbers(values.events ?? "1000,100000");
  const changes = Number(values.changes ?? "500");
  const seed = Number(values.seed ?? "1");
  const unknown = (values.row ?? []).filter((id) => !rows.some((row) => row.id === id));
  if (values.help === true || unknown.length > 0 || trees === undefined || events === undefined || !Number.isSafeInteger(changes) || changes < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write(`${usage}\n`);
    return values.help === true ? 0 : 2;
  }
  const wanted = values.row === undefined ? rows : rows.filter((row) => values.row?.includes(row.id));
  const results: { row: BenchRow; measured: Measured; seconds: number }[] = [];
  for (const row of wanted) {
    process.stderr.write(`${row.title}\n`);
    const started = performance.now();
    const measured = await measuredRow(row, { trees, events, changes, seed });
    results.push({ row, measured, seconds: (performance.now() - started) / 1000 });
    if (measured.kind === "not measured") process.stderr.write(`  not measured: ${measured.why}\n`);
  }
  const machine = { node: process.version, system: `${process.platform} ${release()} ${process.arch}`, processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism() };
  if (values.json === true) {
    const body = { machine, seed, trees, rows: results.map(({ row, measured, seconds }) => ({ id: row.id, title: row.title, seconds: Math.round(seconds), ...measured })) };
    process.stdout.write(`${JSON.stringify(body, null, 2)}\n`);
  } else {
    process.stdout.write(`${asTable(results.map(({ row, measured }) => ({ title: row.title, measured })))}\n${machine.cores} cores, ${machine.processor}, ${machine.system}, Node ${machine.node}\n`);
  }
  return results.every(({ measured }) => measured.kind === "measured") ? 0 : 1;
}

async function measuredRow(row: BenchRow, sizes: { readonly trees: readonly number[]; readonly events: readonly number[]; readonly changes: number; readonly seed: number }): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), `vigil-bench-${row.id}-`));
  try {
    return await row.measure({ ...sizes, folder, say: (text) => void process.stderr.write(`  ${text}\n`) });
  } catch (error) {
    // A row that breaks has measured nothing; the others still can.
    return { kind: "not measured", why: `the measurement itself broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  } finally {
    await erase(folder);
  }
}

function numbers(list: string): readonly number[] | undefined {
  const found = list.split(",").map((text) => Number(text.trim().replaceAll("_", "")));
  return found.every((number) => Number.isSafeInteger(number) && number > 0) ? found : undefined;
}

process.exitCode = await main();
