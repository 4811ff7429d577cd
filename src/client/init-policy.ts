// Writes the least policy a team needs into the checkout's settings, keeping everything that stands there. It commits
// nothing: a policy counts from the commit on that a person makes.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HumanError } from "../core/error.js";
import { addToSettings, initialSettings } from "../core/policy/init.js";
import { parseSettings } from "../core/policy/parse.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";
import { textIfThere } from "./personal-file.js";
import { SETTINGS_FILE } from "./resolve-policy.js";

export interface Initialized {
  readonly file: string;
  readonly owner: string;
  /** Found in the project; empty where nothing was recognised. */
  readonly checks: readonly string[];
}

/** Throws HumanError when a policy is there already, or when the file cannot be read as JSON with comments. */
export async function initPolicy(workspace: Workspace): Promise<Initialized> {
  const file = join(workspace.repository.root, SETTINGS_FILE);
  const existing = await textIfThere(file);
  if (existing !== undefined && Object.keys(parseSettings(existing, SETTINGS_FILE).settings).length > 0) {
    throw new HumanError(`${SETTINGS_FILE} says something about vigil.policy already, so nothing was changed. Edit it by hand; "vigil policy" shows what is in force.`);
  }
  const owner = (await requirePerson(workspace.repository)).email;
  const checks = await recognisedChecks(workspace.repository.root);
  const wanted = { owner, checks, stage: "gated-write" } as const;
  await write(file, existing === undefined ? initialSettings(wanted) : addToSettings(existing, wanted));
  return { file: SETTINGS_FILE, owner, checks };
}

async function write(file: string, text: string): Promise<void> {
  const making = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(making, text, { flag: "wx" });
    await rename(making, file);
  } catch (error) {
    throw new HumanError(`${file} cannot be written (${error instanceof Error ? error.message : String(error)}). Correct its permissions and try again; nothing was changed.`);
  }
}

/** What a project of this kind usually proves itself with. Only what is surely there. */
async function recognisedChecks(root: string): Promise<readonly string[]> {
  const manifest = z.object({ scripts: z.record(z.string(), z.string()).optional() }).safeParse(jsonOf(await textOf(root, "package.json")));
  const script = manifest.data?.scripts?.["test"];
  if (script !== undefined && !script.includes("no test specified")) return ["npm test"];
  if ((await textOf(root, "Cargo.toml")) !== undefined) return ["cargo test"];
  if ((await textOf(root, "go.mod")) !== undefined) return ["go test ./..."];
  if ((await textOf(root, "pyproject.toml"))?.includes("pytest") === true) return ["pytest"];
  if (/^test:/m.test((await textOf(root, "Makefile")) ?? "")) return ["make test"];
  return [];
}

async function textOf(root: string, name: string): Promise<string | undefined> {
  return readFile(join(root, name), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "EACCES") return undefined;
    throw error;
  });
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
