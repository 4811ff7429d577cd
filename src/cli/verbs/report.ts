// `vigil report`: the account of a run for whoever was not there.
import { HumanError } from "../../core/error.js";
import { findRun } from "../../client/find-run.js";
import { openRepository } from "../../client/open-repository.js";
import { REPORT_FORMATS, reportRun, type ReportFormat } from "../../client/report-run.js";
import { requireRun } from "../../client/read-run.js";
import { reportText } from "../report-text.js";
import { verb } from "../verb.js";

export const report = verb({
  name: "report",
  group: "read",
  usage: "report RUN",
  about: "The morning report: outcome, what waits for you, what was not done",
  options: { format: { value: "md|html|pr", about: "Markdown (the default in pipes and files), a page of its own, or the body of a pull request" } },
  least: 1,
  most: 1,
  examples: [
    ["vigil report last", "read it here"],
    ["vigil report last --format html > report.html", "send it to somebody"],
  ],
  async run({ args, values, screen, place }) {
    const format = REPORT_FORMATS.find((one) => one === (values.format ?? "md")) satisfies ReportFormat | undefined;
    if (format === undefined) throw new HumanError(`There is no format "${values.format ?? ""}": write --format ${REPORT_FORMATS.join(", --format ")}.`, 2);
    const { store } = await openRepository(place);
    const written = await reportRun(await requireRun(store, await findRun(store, args[0] ?? "")), format);
    if (screen.json) screen.data(written.report);
    else if (screen.drawsOutput && values.format === undefined) screen.say(reportText(written.report, { ink: screen.ink, width: Math.min(screen.columns, 110) }));
    else screen.raw(written.text.endsWith("\n") ? written.text : `${written.text}\n`);
    return 0;
  },
});
