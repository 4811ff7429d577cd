// The start flow: the task, then one list with everything that was chosen for it and can be changed. Enter twice starts.
import * as vscode from "vscode";
import { forecastRun } from "../../client/forecast-run.js";
import type { Workspace } from "../../client/open-repository.js";
import { PLAN_HEADINGS, planOf } from "../../client/plan-file.js";
import { planFigures } from "../../client/plan-figures.js";
import { policyReport, type PolicyReport } from "../../client/policy-report.js";
import { startRun, type Started } from "../../client/start-run.js";
import { startTime } from "../../client/start-time.js";
import { HumanError } from "../../core/error.js";
import { count } from "../../core/run/amounts.js";
import { forecastText, type Forecast } from "../../core/run/forecast.js";
import { oneLine } from "../../core/text/one-line.js";
import type { Stage } from "../../core/stage.js";
import type { ModelKey } from "../model-key.js";
import type { Repositories } from "../repositories.js";

export interface Starter {
  readonly repositories: Repositories;
  readonly key: ModelKey;
}

export interface Begun {
  readonly folder: string;
  readonly run: string;
}

/** In the words of a screen: what each stage lets the agent do. */
export const STAGE_TEXT: Readonly<Record<Stage, readonly [name: string, means: string]>> = {
  "read-only": ["Read-only", "Looks, tries and proposes. Changes nothing."],
  "gated-write": ["Gated write", "Works in decisions; nothing counts until you approve it."],
  "bounded-write": ["Bounded write", "Writes where policy allows, asks elsewhere."],
  "autonomous-with-summary": ["Autonomous", "Lands by itself on the team's branch, then reports."],
};

/** Undefined when the person stopped on the way; nothing was started then. */
export async function startTask({ repositories, key }: Starter, given: { readonly task?: string; readonly plan?: string } = {}): Promise<Begun | undefined> {
  const folder = await repositories.folder();
  if (folder === undefined) return undefined;
  const reading = await repositories.acting(folder);
  if (!(await key.isSet(reading.place.env)) && !(await offersKey(key))) return undefined;
  const task = given.task ?? (given.plan === undefined ? await askTask() : undefined);
  if (task === undefined && given.plan === undefined) return undefined;
  const workspace = await repositories.acting(folder);
  const policy = await policyReport(workspace);
  const chosen = await chooseStart(workspace, policy, { task: task ?? planOf(given.plan ?? "", vscode.l10n.t("The document")).task, plan: given.plan });
  if (chosen === undefined) return undefined;
  const started = await vscode.window.withProgress({ location: { viewId: "vigil.runs" } }, (): Promise<Started> => startRun(workspace, { task, file: undefined, plan: given.plan, ...chosen }));
  return { folder, run: started.id };
}

async function offersKey(key: ModelKey): Promise<boolean> {
  const set = vscode.l10n.t("Set Model Key");
  const rehearse = vscode.l10n.t("Try a Rehearsal");
  const picked = await vscode.window.showInformationMessage(vscode.l10n.t("No model key is set. A run needs one; a rehearsal with scripted words does not."), set, rehearse);
  if (picked === rehearse) await vscode.commands.executeCommand("vigil.rehearse");
  return picked === set && key.ask();
}

async function askTask(): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t("Start Task");
  box.prompt = vscode.l10n.t("What should the agent do? For a long task, press the button and write it as a document.");
  box.ignoreFocusOut = true;
  box.buttons = [{ iconPath: new vscode.ThemeIcon("markdown"), tooltip: vscode.l10n.t("Write it as a document") }];
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      if (box.value.trim() === "") box.validationMessage = vscode.l10n.t("Say in a sentence what should be done.");
      else {
        resolve(box.value.trim());
        box.hide();
      }
    });
    box.onDidTriggerButton(() => {
      resolve(undefined);
      box.hide();
      void vscode.commands.executeCommand("vigil.writeTask");
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

interface Choice extends vscode.QuickPickItem {
  readonly does: "start" | "later" | "stage" | "plan" | "policy" | "nothing";
}

interface Chosen {
  readonly stage: Stage;
  readonly planFirst: boolean;
  /** Epoch milliseconds; now where absent. */
  readonly at?: number;
}

/** Undefined when the person left. */
async function chooseStart(workspace: Workspace, policy: PolicyReport, { task, plan }: { readonly task: string; readonly plan: string | undefined }): Promise<Chosen | undefined> {
  const runs = await workspace.store.list();
  // Whoever tries this for the first time here should see it look before it writes.
  const first = runs.length === 0 && policy.keys.maxStage.from === "default";
  let stage: Stage = first ? "read-only" : policy.stage;
  let planFirst = false;
  for (;;) {
    const expected = await forecastRun(workspace.store, stage);
    const all = choices(workspace, policy, stage, expected);
    const shown = all.toSpliced(all.findIndex(({ does }) => does === "stage") + 1, 0, planChoice(planFirst), ...(plan === undefined ? [] : [readChoice(plan)]));
    const picked = await vscode.window.showQuickPick(shown, { title: vscode.l10n.t("Start: {0}", oneLine(task, 60)), ignoreFocusOut: true });
    if (picked === undefined) return undefined;
    if (picked.does === "start") return { stage, planFirst };
    if (picked.does === "later") {
      const at = await askTime();
      if (at !== undefined) return { stage, planFirst, at };
    }
    if (picked.does === "plan") planFirst = !planFirst;
    if (picked.does === "stage") stage = (await chooseStage(policy, stage)) ?? stage;
    if (picked.does === "policy") await vscode.commands.executeCommand("vigil.showPolicy");
  }
}

/** Undefined when the person left it open. */
async function askTime(): Promise<number | undefined> {
  const problem = (text: string): string | undefined => {
    try {
      startTime(text, new Date());
      return undefined;
    } catch (error) {
      if (error instanceof HumanError) return error.message;
      throw error;
    }
  };
  const text = await vscode.window.showInputBox({ title: vscode.l10n.t("Start later"), prompt: vscode.l10n.t("A time of day like 22:00, or a moment like 2026-11-27T06:30. The machine must be on and awake then."), validateInput: problem });
  return text === undefined ? undefined : startTime(text, new Date());
}

function choices(workspace: Workspace, policy: PolicyReport, stage: Stage, expected: Forecast | undefined): Choice[] {
  const { repository } = workspace;
  const value = (key: keyof PolicyReport["keys"]): unknown => policy.keys[key].value;
  const [name, means] = STAGE_TEXT[stage];
  const limits = [
    typeof value("limits.usd") === "number" ? `$${String(value("limits.usd"))}` : undefined,
    typeof value("limits.hours") === "number" ? `${String(value("limits.hours"))} h` : undefined,
    typeof value("limits.files") === "number" ? count(Number(value("limits.files")), "file") : undefined,
  ].filter((limit) => limit !== undefined);
  const checks = value("requiredChecks");
  const row = (label: string, description: string, does: Choice["does"]): Choice => ({ label, description, does });
  return [
    { label: vscode.l10n.t("$(play) Start now"), description: vscode.l10n.t("on a copy of {0}", repository.head.slice(0, 8)), does: "start" },
    row(vscode.l10n.t("$(clock) Start later…"), vscode.l10n.t("at a time; every window may be closed"), "later"),
    ...(expected === undefined ? [] : [row(vscode.l10n.t("$(graph) To expect"), forecastText(expected), "nothing")]),
    row(vscode.l10n.t("$(shield) Stage: {0}", name), means, "stage"),
    row(vscode.l10n.t("$(git-branch) Base: {0}", repository.branch ?? repository.head.slice(0, 8)), vscode.l10n.t("what is not committed stays behind"), "nothing"),
    row(vscode.l10n.t("$(dashboard) Limits: {0}", limits.length === 0 ? vscode.l10n.t("none set") : limits.join(", ")), vscode.l10n.t("reaching one pauses the run and asks"), "policy"),
    row(vscode.l10n.t("$(person) Owner: {0}", typeof value("owner") === "string" ? String(value("owner")) : vscode.l10n.t("you")), vscode.l10n.t("answers for the run"), "policy"),
    row(vscode.l10n.t("$(checklist) Checks: {0}", Array.isArray(checks) && checks.length > 0 ? checks.map((check) => oneLine(String(check), 30)).join(", ") : vscode.l10n.t("none required")), vscode.l10n.t("run on the base first, and on what would land"), "policy"),
  ];
}

function planChoice(planFirst: boolean): Choice {
  return {
    label: planFirst ? vscode.l10n.t("$(check) Plan first, then ask me") : vscode.l10n.t("$(list-tree) Plan first, then ask me"),
    description: planFirst ? vscode.l10n.t("yes: nothing is changed before you have approved the goals") : vscode.l10n.t("no: it begins at once"),
    does: "plan",
  };
}

/** What was understood of the document, so that nobody takes a sentence for a rule that holds. */
function readChoice(plan: string): Choice {
  const { goals, checks, rules, advice } = planFigures(plan);
  const read = goals === 0 ? vscode.l10n.t("no goals") : [count(goals, "goal"), ...(checks === 0 ? [] : [count(checks, "check")]), ...(rules === 0 ? [] : [count(rules, "rule")])].join(", ");
  return {
    label: vscode.l10n.t("$(checklist) Read from the document: {0}", read),
    description: advice === 0 ? "" : vscode.l10n.t("{0} of it can only be told to the agent", count(advice, "line")),
    does: "nothing",
  };
}

async function chooseStage(policy: PolicyReport, current: Stage): Promise<Stage | undefined> {
  const picked = await vscode.window.showQuickPick(
    policy.ladder.map(({ stage, state }) => ({
      label: `${state.kind === "closed" ? "$(circle-slash)" : stage === current ? "$(circle-filled)" : "$(circle-outline)"} ${STAGE_TEXT[stage][0]}`,
      description: STAGE_TEXT[stage][1],
      ...(state.kind === "closed" ? { detail: `${state.why} ${state.edit}` } : {}),
      stage,
      isOpen: state.kind === "open",
    })),
    { title: vscode.l10n.t("How much may it do?"), ignoreFocusOut: true },
  );
  if (picked === undefined) return undefined;
  if (picked.isOpen) return picked.stage;
  await vscode.commands.executeCommand("vigil.showPolicy");
  return undefined;
}

/** A long task as a document to fill in: the headings that a plan is read by. */
export function taskTemplate(): string {
  return `${PLAN_HEADINGS.map((heading) => `# ${heading}\n\n${heading === "Goal" ? "" : "- "}`).join("\n\n")}\n`;
}
