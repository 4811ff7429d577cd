// The rehearsal: a whole real run on a sample project in a scratch folder, where a loopback server plays the model. With
// a model key in the environment the real model does the work instead. The person's own data stays out of it.
import { cp, mkdir, mkdtemp, readFile, realpath, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseScript } from "../agent/scripted/script.js";
import { startScriptedModel } from "../agent/scripted/server.js";
import { HumanError } from "../core/error.js";
import { foundProject } from "../git/found-project.js";
import { commandRun } from "./command-run.js";
import { machineStages } from "./machine-stages.js";
import { modelAccess } from "./model-access.js";
import { openRepository, type Place, type Workspace } from "./open-repository.js";
import { startRun, type Started } from "./start-run.js";

/** Who plays the person; the sample's policy names the same one as owner. */
const BAKER = { name: "Rehearsal Baker", email: "baker@rehearsal.example" } as const;

export interface Rehearsal {
  /** Everything of the rehearsal; whoever reads it may delete it. */
  readonly folder: string;
  /** The scratch clone that the run works on and lands in. */
  readonly clone: string;
  readonly workspace: Workspace;
  readonly started: Started;
  /** The model's words come from a script. */
  readonly scripted: boolean;
  /** Ends the run before its time, keeping what it did. */
  stop(): Promise<void>;
  /** Ends the scripted model. */
  close(): Promise<void>;
}

/** `unconfined` where no run with commands can be walled in: then a recorded one is shown instead. */
export type Rehearsing = { readonly kind: "begun"; readonly rehearsal: Rehearsal } | { readonly kind: "unconfined"; readonly why: string };

/** `stage`: what the run may do by itself. At `gated-write` its verdicts and its landing are left to the reader. */
export async function beginRehearsal(place: Place, stage: "gated-write" | "autonomous-with-summary" = "autonomous-with-summary"): Promise<Rehearsing> {
  const machine = await machineStages();
  if (!machine.enforceable.includes("autonomous-with-summary")) return { kind: "unconfined", why: machine.why ?? "nothing can be confined here" };
  const media = mediaFolder(place);
  const folder = await realpath(await mkdtemp(join(tmpdir(), "vigil-rehearsal-")));
  const clone = join(folder, "clone");
  await layOut(join(media, "project"), join(folder, "project"), clone);
  const task = (await read(join(media, "task.txt"))).trim();
  const scripted = modelAccess(place.env) === undefined;
  const model = scripted ? await startScriptedModel(parseScript(await read(join(media, "script.json")))) : undefined;
  const close = async (): Promise<void> => model?.close();
  try {
    const workspace = await openRepository({ ...place, folder: clone, env: environment(place, folder, model?.url), ...(scripted ? { settings: {} } : {}) });
    const started = await startRun(workspace, { task, file: undefined, stage });
    const stop = async (): Promise<void> => {
      await commandRun(workspace, started.id, { kind: "stop", why: "the rehearsal was left", by: BAKER });
    };
    return { kind: "begun", rehearsal: { folder, clone, workspace, started, scripted, stop, close } };
  } catch (error) {
    await close();
    throw error;
  }
}

export function mediaFolder(place: Place): string {
  return join(place.program, "..", "media", "rehearsal");
}

// A model that is scripted must not be reached with a key, nor be changed by what the person set for real ones.
function environment(place: Place, folder: string, url: string | undefined): Place["env"] {
  const own = { ...place.env, XDG_DATA_HOME: join(folder, "data") };
  if (url === undefined) return own;
  return { ...own, XDG_CONFIG_HOME: join(folder, "config"), ANTHROPIC_API_KEY: "scripted", ANTHROPIC_AUTH_TOKEN: undefined, ANTHROPIC_BASE_URL: url };
}

async function layOut(sample: string, project: string, clone: string): Promise<void> {
  await mkdir(project);
  await cp(sample, project, { recursive: true });
  // A package leaves out files of this name, so the sample carries it under another.
  await rename(join(project, "gitignore"), join(project, ".gitignore")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await foundProject(project, clone, BAKER, "A bread planner for breakfast");
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => {
    throw new HumanError(`This installation of Vigil is not whole: ${file} cannot be read. Install it again.`);
  });
}
