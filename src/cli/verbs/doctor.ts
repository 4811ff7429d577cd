// `vigil doctor`: what this machine can enforce, with one remedy for each lack.
import { diagnose, type Finding } from "../../client/doctor.js";
import { visible } from "../../core/text/visible.js";
import { verb } from "../verb.js";

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
    if (!screen.json) screen.say([...diagnosis.findings.map(line), "", `Stages this machine can enforce: ${diagnosis.stages.join(", ")}${diagnosis.commands ? "" : " without commands (it reads and proposes, and runs nothing)"}.`].join("\n"));
    return diagnosis.ok ? 0 : 1;
  },
});

function line(finding: Finding): string {
  const head = `${finding.ok ? "ok     " : "missing"}  ${finding.name}: ${visible(finding.detail, { lines: true })}`;
  return finding.ok || finding.remedy === undefined ? head : `${head}\n         remedy: ${visible(finding.remedy, { lines: true }).replaceAll("\n", "\n         ")}`;
}
