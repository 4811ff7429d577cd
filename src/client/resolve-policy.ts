// The policy in force here: what each level says, read from where it stands, merged by core. It decides nothing itself.
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import { mergePolicy, policyText, wideningText } from "../core/policy/merge.js";
import { parseSettings } from "../core/policy/parse.js";
import { fromRepository, type PersonalSettings } from "../core/policy/personal.js";
import type { EffectivePolicy, PolicySettings } from "../core/policy/schema.js";
import { defaultBranch, fileAt, mergeBase } from "../git/read.js";
import { confirm, digestOf, isConfirmed } from "./confirmed.js";
import type { Workspace } from "./open-repository.js";
import { personalFile, textIfThere } from "./personal-file.js";

export const SETTINGS_FILE = ".vscode/settings.json";

export interface ResolvedPolicy {
  readonly policy: EffectivePolicy;
  /** The person's own; what the checkout may say of them counts where they say nothing. */
  readonly personal: PersonalSettings;
  /** SHA-256 of the merged values as canonical JSON. */
  readonly digest: string;
  /** The base commit's settings say something about policy. */
  readonly hasCommittedPolicy: boolean;
  /** What this branch's settings would open beyond the default branch; undefined where that is nothing. */
  readonly widening: { readonly text: string; readonly confirmed: boolean } | undefined;
}

/** `run` holds what the run's own flags narrow. Throws HumanError (exit 2) naming key, file and line of every mistake. */
export async function resolvePolicy(workspace: Workspace, run: PolicySettings = {}): Promise<ResolvedPolicy> {
  const { repository, place } = workspace;
  const live = await textIfThere(join(repository.root, SETTINGS_FILE));
  const atBase = await fileAt(repository, repository.head, SETTINGS_FILE);
  const checkout = parseSettings(live ?? "", SETTINGS_FILE);
  const committed = atBase === undefined ? {} : parseSettings(atBase, `${SETTINGS_FILE} at the commit ${repository.head.slice(0, 8)}`).settings;
  const own = personalFile(place);
  const ownText = await textIfThere(own);
  const mine = parseSettings(ownText ?? "", own);
  const editor = parseSettings(JSON.stringify(place.settings ?? {}, null, 2), "your editor's user settings");

  const trusted = await trustedSettings(workspace);
  const text = wideningText(committed, trusted);
  const confirmed = text !== undefined && (await isConfirmed(workspace, text));
  const policy = mergePolicy({
    committed,
    trusted,
    confirmed,
    others: [
      { level: "checkout", settings: checkout.settings },
      { level: "personal", settings: mine.settings },
      { level: "personal", settings: editor.settings },
      { level: "run", settings: run },
    ],
  });
  return {
    policy,
    personal: { ...fromRepository(checkout.personal), ...mine.personal, ...editor.personal },
    digest: digestOf(policyText(policy)),
    hasCommittedPolicy: Object.keys(committed).length > 0,
    widening: text === undefined ? undefined : { text, confirmed },
  };
}

/** The person says that what this branch's settings open is meant. Throws HumanError when they open nothing. */
export async function confirmPolicy(workspace: Workspace): Promise<string> {
  const { widening } = await resolvePolicy(workspace);
  if (widening === undefined) throw new HumanError("There is nothing to confirm: this branch's settings open no more than the default branch's.", 2);
  await confirm(workspace, widening.text);
  return widening.text;
}

// Checking out a stranger's branch must not open anything: only what the default branch says too is trusted.
async function trustedSettings({ repository }: Workspace): Promise<PolicySettings | "all"> {
  const main = await defaultBranch(repository);
  if (main === undefined) return {};
  const base = await mergeBase(repository, repository.head, main.tip);
  if (base === undefined) return {};
  if (base === repository.head) return "all";
  const text = await fileAt(repository, base, SETTINGS_FILE);
  if (text === undefined) return {};
  try {
    return parseSettings(text, `${SETTINGS_FILE} on ${main.name}`).settings;
  } catch (error) {
    // What cannot be read there vouches for nothing.
    if (error instanceof HumanError) return {};
    throw error;
  }
}
