// What this machine can do for a run and what it lacks, each lack with one remedy. It tries things; it changes nothing
// that stays.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { Stage } from "../core/stage.js";
import { gitIdentity } from "../git/identity.js";
import { detectSandbox } from "../sandbox/detect.js";
import { machineReport } from "../sandbox/doctor.js";
import { fileStore } from "../store/file-store.js";
import { modelAccess, checkBaseUrl } from "./model-access.js";
import { openRepository, type Place, type Workspace } from "./open-repository.js";
import { policyReport } from "./policy-report.js";
import { newRunId } from "./run-id.js";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

export interface Diagnosis {
  /** Nothing stands in the way of a run with a model. */
  readonly ok: boolean;
  /** Stages that this machine can enforce. */
  readonly stages: readonly Stage[];
  /** False where nothing can be confined: read-only is then offered without commands. */
  readonly commands: boolean;
  /** Shell commands to paste, where this machine needs an AppArmor profile. */
  readonly appArmor?: string;
  readonly findings: readonly Finding[];
}

export async function diagnose(place: Place): Promise<Diagnosis> {
  const machine = await machineReport(await detectSandbox({ hostsScript: join(place.program, "hosts.mjs") }));
  const findings: Finding[] = [...machine.findings, await attempt("model key", () => Promise.resolve(keyFinding(place)))];
  let workspace: Workspace | undefined;
  findings.push(
    await attempt("repository", async () => {
      workspace = await openRepository(place);
      return { name: "repository", ok: true, detail: `${workspace.repository.root} at ${workspace.repository.head.slice(0, 10)}` };
    }),
  );
  if (workspace !== undefined) {
    const opened = workspace;
    findings.push(await attempt("git identity", () => identityFinding(opened)));
    findings.push(await attempt("locks", () => lockFinding(opened)));
    findings.push(await attempt("policy", () => policyFinding(opened)));
  }
  return { ok: findings.every((finding) => finding.ok), stages: machine.stages, commands: machine.selfTest.passed, findings, ...(machine.appArmor === undefined ? {} : { appArmor: machine.appArmor }) };
}

/** What a person must act on becomes a finding; its sentence holds the remedy already. */
async function attempt(name: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HumanError) return { name, ok: false, detail: error.message };
    throw error;
  }
}

function keyFinding(place: Place): Finding {
  checkBaseUrl(place.env["ANTHROPIC_BASE_URL"], "ANTHROPIC_BASE_URL");
  const access = modelAccess(place.env);
  if (access === undefined) return { name: "model key", ok: false, detail: "none in the environment", remedy: "Set ANTHROPIC_API_KEY. Only vigil rehearse needs none." };
  return { name: "model key", ok: true, detail: `set${access.baseUrl === undefined ? "" : `, for ${access.baseUrl}`}` };
}

async function identityFinding(workspace: Workspace): Promise<Finding> {
  const person = await gitIdentity(workspace.repository);
  if (person !== undefined) return { name: "git identity", ok: true, detail: `${person.name} <${person.email}>` };
  return { name: "git identity", ok: false, detail: "not set, so nobody could answer for a run", remedy: 'git config --global user.name "Your Name" && git config --global user.email "you@example.com"' };
}

// Tried in a folder of its own beside the runs, on the same file system.
async function lockFinding(workspace: Workspace): Promise<Finding> {
  const folder = await mkdtemp(join(workspace.repository.commonDir, "vigil-doctor-")).catch((error: unknown) => {
    throw new HumanError(`Runs cannot be kept here: ${workspace.repository.commonDir} cannot be written (${error instanceof Error ? error.message : String(error)}). Make it writable.`);
  });
  try {
    const store = fileStore(folder);
    const id = newRunId(new Date());
    await store.create(id);
    const first = await store.write(id, Date.now);
    const second = await store.write(id, Date.now);
    if (first.kind === "writer") await first.writer.close();
    const held = first.kind === "writer" && second.kind === "held";
    if (second.kind === "writer") await second.writer.close();
    if (held) return { name: "locks", ok: true, detail: "this file system keeps two processes apart" };
    return { name: "locks", ok: false, detail: "this file system lets two processes hold one lock", remedy: "Keep the repository on a local file system." };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function policyFinding(workspace: Workspace): Promise<Finding> {
  const report = await policyReport(workspace);
  return { name: "policy", ok: true, detail: `a run would take ${report.stage}: ${report.why}` };
}
