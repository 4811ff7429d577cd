// The bench's results as a table for people.
import type { Figures } from "./figures.js";
import type { Line, Measured } from "./row.js";

export function asTable(rows: readonly { readonly title: string; readonly measured: Measured }[]): string {
  const lines = rows.flatMap(({ title, measured }) => (measured.kind === "measured" ? measured.lines.map((line) => ({ title, line })) : []));
  const missing = rows.flatMap(({ title, measured }) => (measured.kind === "not measured" ? [`- ${title}: ${measured.why.split("\n")[0] ?? ""}`] : []));
  const notes = lines.flatMap(({ title, line }) => (line.note === undefined ? [] : [`- ${title}, ${line.at}: ${line.note}`]));
  return [
    "| what | at | ours, median (p95) | beside it | target |",
    "| --- | --- | --- | --- | --- |",
    ...lines.map(({ title, line }) => `| ${title} | ${line.at} | ${spread(line.ours, line.unit)} | ${besides(line)} | ${targets(line)} |`),
    ...(notes.length === 0 ? [] : ["", "Notes:", ...notes]),
    ...(missing.length === 0 ? [] : ["", "Not measured:", ...missing]),
    "",
  ].join("\n");
}

function besides(line: Line): string {
  return line.beside.map(({ name, figures, ratio }) => `${name} ${amount(figures.median)} ${line.unit}: ${amount(ratio)}×`).join("; ") || "-";
}

function targets(line: Line): string {
  return line.targets.map(({ target, met }) => `${target}: ${met ? "met" : "missed"}`).join("; ") || "-";
}

function spread(figures: Figures, unit: Line["unit"]): string {
  return figures.count === 1 ? `${amount(figures.median)} ${unit}` : `${amount(figures.median)} (${amount(figures.p95)}) ${unit}`;
}

/** Three digits that mean something. */
function amount(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
}
