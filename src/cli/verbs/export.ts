// `vigil export`: a run's account as a file, for other programs and other people.
import { resolve } from "node:path";
import { HumanError } from "../../core/error.js";
import { EXPORT_FORMATS, exportRun, writeExport } from "../../client/export-run.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { visible } from "../../core/text/visible.js";
import { verb } from "../verb.js";

export const exportVerb = verb({
  name: "export",
  group: "read",
  usage: "export RUN",
  about: "The run's account as a file: events, Markdown, or traces for OpenTelemetry",
  detail: `jsonl holds the run's events; md the report and the timeline; otlp spans as OpenTelemetry's programs read them from files, by its conventions for generative AI.
What tools printed, what files hold and what the model wrote stay in the run's own folder. Titles, reasons, commands and paths are in every format: read it before you send it to somebody.`,
  options: {
    format: { value: "jsonl|md|otlp", about: "jsonl, the default; md; or otlp" },
    to: { value: "FILE", about: "Writes this file, whole or not at all, in place of printing" },
  },
  least: 1,
  most: 1,
  examples: [
    ["vigil export last --format md --to night.md", "to read or to attach"],
    ["vigil export last --format otlp --to night.otlp.jsonl", "for a collector, or a viewer of traces"],
  ],
  async run({ args, values, screen, place }) {
    const format = EXPORT_FORMATS.find((one) => one === (values.format ?? "jsonl"));
    if (format === undefined) throw new HumanError(`There is no format "${values.format ?? ""}": write --format ${EXPORT_FORMATS.join(", --format ")}.`, 2);
    const { store } = await openRepository(place);
    const run = await findRun(store, args[0] ?? "");
    const pieces = exportRun(store, run, format);
    if (values.to !== undefined) {
      const file = resolve(values.to);
      await writeExport(file, pieces);
      if (screen.json) screen.data({ run, format, file });
      else screen.say(`The run ${run} was exported to ${visible(file)}.`);
      return 0;
    }
    // JSON promises JSON on stdout: Markdown goes into it as one text.
    if (screen.json && format === "md") {
      let text = "";
      for await (const piece of pieces) text += piece;
      screen.data({ run, format, text });
      return 0;
    }
    for await (const piece of pieces) screen.raw(screen.drawsOutput ? visible(piece, { lines: true }) : piece);
    return 0;
  },
});
