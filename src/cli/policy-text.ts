// The policy in force as a ladder of stages: which one a run takes, what each closed one lacks, and the one edit that
// opens it; below that every key that somebody set, with where its value comes from.
import type { PolicyReport } from "../client/policy-report.js";
import { wrap } from "../core/run/wrap.js";
import { visible } from "../core/text/visible.js";
import type { Ink } from "./ink.js";

export interface PolicyLook {
  readonly ink: Ink;
  /** In columns. */
  readonly width: number;
}

const INDENT = "      ";

export function policyText(report: PolicyReport, look: PolicyLook): string {
  const { ink } = look;
  const taken = report.ladder.find((rung) => rung.stage === report.stage && rung.state.kind === "open");
  return [
    taken === undefined ? ink.red("No run can start here: no stage is open.") : `A run here takes ${ink.bold(report.stage)}, the highest stage that is open.`,
    [ink.bold("Stages, from the least to the most"), ...report.ladder.flatMap((rung) => rungLines(rung, report.stage, look))].join("\n"),
    keysText(report, look),
    ...(report.unconfirmed ? [ink.yellow("This branch's settings open more than the default branch's. If that is meant: vigil policy --confirm")] : []),
  ].join("\n\n");
}

function rungLines({ stage, state }: PolicyReport["ladder"][number], taken: string, { ink, width }: PolicyLook): string[] {
  if (state.kind === "open") return [`  ${ink.green("open  ")}  ${ink.bold(stage)}${stage === taken ? "   ← a run without --stage" : ""}`, ...(state.why === "Open here." ? [] : wrap(visible(state.why), width, INDENT))];
  return [`  ${ink.yellow("closed")}  ${ink.bold(stage)}`, ...wrap(visible(state.why), width, INDENT), ...wrap(`To open it: ${visible(state.edit)}`, width, INDENT)];
}

function keysText(report: PolicyReport, { ink, width }: PolicyLook): string {
  const set = Object.entries(report.keys).filter(([, key]) => key.from !== "default" || key.heldBy !== undefined);
  if (set.length === 0) return 'No key is set: every value is the default (--json lists them). "vigil policy init" writes a first policy.';
  const lines = set.flatMap(([name, key]) => {
    const [first = "", ...rest] = wrap(`${name} = ${visible(JSON.stringify(key.value))}  (${key.from})`, width - 4, "");
    return [`  ${first.replace(name, (found) => ink.bold(found))}`, ...rest.map((line) => `      ${line}`), ...(key.heldBy === undefined ? [] : wrap(`held down: ${visible(key.heldBy)}`, width, INDENT).map(ink.yellow))];
  });
  return [`${ink.bold("Keys that are set")} ${ink.dim("(vigil.policy.…; the rest are defaults, --json lists all)")}`, ...lines].join("\n");
}
