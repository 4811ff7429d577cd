// `vigil doctor`: what this machine can enforce, with one remedy for each lack.
import { diagnose, type Finding } from "../../client/doctor.js";
import { wrap } from "../../core/run/wrap.js";
import { visible } from "../../core/text/visible.js";
import type { Ink } from "../ink.js";
import { verb } from "../verb.js";

const INDENT = "         ";

export const doctor = verb({
  name: "doctor",
  group: "set up",
  usage: "doctor",
  about: "What this machine can enforce, and one remedy for each thing it lacks",
  options: {},
  least: 0,
  most: 0,
  examples: [["vigil doctor", "before the first run, or when one does not start"]],
  async run({ screen, place }) {
    const diagnosis = await diagnose(place);
    if (screen.json) screen.data(diagnosis);
    else if (diagnosis.appArmor !== undefined) screen.tell(`Paste this to let bubblewrap make namespaces here:\n${diagnosis.appArmor}`);
    if (!screen.json) screen.say([...diagnosis.findings.flatMap((finding) => lines(finding, { ink: screen.ink, width: Math.min(screen.columns, 110) })), "", `Stages this machine can enforce: ${diagnosis.stages.join(", ")}${diagnosis.commands ? "" : " without commands (it reads and proposes, and runs nothing)"}.`].join("\n"));
    return diagnosis.ok ? 0 : 1;
  },
});

function lines(finding: Finding, { ink, width }: { readonly ink: Ink; readonly width: number }): string[] {
  const mark = finding.ok ? ink.green("ok     ") : ink.red("missing");
  const [first = "", ...rest] = wrap(`${finding.name}: ${visible(finding.detail, { lines: true })}`, width, INDENT);
  const remedy = finding.ok || finding.remedy === undefined ? [] : wrap(`Remedy: ${visible(finding.remedy, { lines: true })}`, width, INDENT).map(ink.yellow);
  return [`${mark}  ${first.trimStart().replace(finding.name, (name) => ink.bold(name))}`, ...rest, ...remedy];
}
