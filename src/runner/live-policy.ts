// The settings file of the user's checkout, which may narrow a run's policy while it works and never widens it. What cannot
// be read changes nothing, and that is said once.
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { HumanError } from "../core/error.js";
import { narrowPolicy, policyText } from "../core/policy/merge.js";
import { parseSettings } from "../core/policy/parse.js";
import { POLICY_KEY_NAMES, type EffectivePolicy, type PolicySettings } from "../core/policy/schema.js";
import type { RunEvent } from "../core/log/event.js";
import { stageRank } from "../core/stage.js";
import { digestOf } from "./digest.js";
import type { Site } from "./site.js";

const FILE = ".vscode/settings.json";
/** A settings file beyond this is not one; reading it before every call would cost the run more than it protects. */
const LARGEST = 4 * 1024 * 1024;

export class LivePolicy {
  /** What the file looked like when it was last read; undefined before that. */
  #seen: string | undefined;
  #complained = false;

  /** Looks at the file, and reads it when it changed. Call it only where no tool runs. */
  async look(site: Site): Promise<void> {
    const file = path.join(site.repository.root, FILE);
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => error.code ?? "unknown");
    const seen = typeof found === "string" ? found : [found.ino, found.size, found.mtimeMs, found.ctimeMs].join(" ");
    if (seen === this.#seen) return;
    this.#seen = seen;
    // Without the file nothing narrows.
    if (found === "ENOENT" || found === "ENOTDIR") return;
    const settings = typeof found === "string" ? `it cannot be read (${found}).` : found.isFile() ? await settingsIn(file, found.size) : "it is no file any more.";
    if (typeof settings === "string") await this.#complain(site, settings);
    else await narrow(site, settings);
  }

  async #complain(site: Site, problem: string): Promise<void> {
    if (this.#complained) return;
    this.#complained = true;
    await site.ledger.append({ kind: "note.added", text: `${FILE} of the checkout was changed while the run works, and it does not count: ${problem} The policy stays as it was.` });
  }
}

/** What the file says about policy; a sentence where it cannot be understood. */
async function settingsIn(file: string, size: number): Promise<PolicySettings | string> {
  if (size > LARGEST) return "it is too large.";
  try {
    return parseSettings(await readFile(file, "utf8"), FILE).settings;
  } catch (error) {
    if (error instanceof HumanError) return error.message;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return `it cannot be read (${code}).`;
  }
}

async function narrow(site: Site, settings: PolicySettings): Promise<void> {
  const { ledger } = site;
  const before = ledger.run.spec.policy;
  const policy = narrowPolicy(before, "checkout", settings);
  if (policy === before) return;
  const why = `${FILE} of the checkout was changed: ${changedKeys(before, policy).join(", ")}.`;
  const { maxStage } = policy.values;
  const lowered: RunEvent[] =
    maxStage !== undefined && stageRank(maxStage) < stageRank(ledger.run.stage) ? [{ kind: "stage.lowered", to: maxStage, by: "policy", why: "vigil.policy.maxStage of the checkout was lowered" }] : [];
  const told = await ledger.keep(`The policy of this run became stricter while you work: ${why}${maxStage !== undefined && lowered.length > 0 ? ` The stage is ${maxStage} now.` : ""} Refusals say what applies.`);
  const differ = (key: "hidden" | "networkHosts"): boolean => JSON.stringify(before.values[key]) !== JSON.stringify(policy.values[key]);
  const wallsChange = lowered.length > 0 || differ("hidden") || differ("networkHosts");
  await ledger.append(
    { kind: "policy.narrowed", policy: { values: policy.values, origins: { ...policy.origins } }, digest: digestOf(policyText(policy)), why },
    ...lowered,
    { kind: "message.added", from: "supervisor", text: told.id },
  );
  if (wallsChange) await site.shop.kill(why);
}

function changedKeys(before: EffectivePolicy, after: EffectivePolicy): readonly string[] {
  return POLICY_KEY_NAMES.filter((key) => before.values[key] !== after.values[key]).map((key) => `vigil.policy.${key}`);
}
