// The parts of the extension's manifest that follow from the tables of settings: nothing there is written by hand.
import { z } from "zod";
import { PERSONAL_KEYS, PERSONAL_KEY_NAMES } from "../../../src/core/policy/personal.js";
import { POLICY_KEYS, POLICY_KEY_NAMES } from "../../../src/core/policy/schema.js";

export interface Contributed {
  readonly configuration: readonly unknown[];
  /** What a workspace that nobody trusts cannot set. */
  readonly restrictedConfigurations: readonly string[];
}

/** What holds where a person says nothing; keys without an entry have no value then. */
const PERSONAL_DEFAULTS: Readonly<Record<string, unknown>> = {
  "notify.desktop": true,
  "notify.approval": "toast",
  "notify.finished": "badge",
  "timeline.order": "risk",
  "timeline.density": "comfortable",
  "timeline.openDiffWhileStepping": true,
  "run.resumeOnOpen": false,
  "run.atOnce": 3,
  "run.keepAwake": false,
  "worktrees.keepDays": 14,
};

export function contributed(): Contributed {
  const policy = POLICY_KEY_NAMES.map((name, order) => [`vigil.policy.${name}`, { ...described(POLICY_KEYS[name]), scope: "resource", order }] as const);
  const personal = PERSONAL_KEY_NAMES.map((name, order) => {
    const { machine } = PERSONAL_KEYS[name];
    return [`vigil.${name}`, { ...described(PERSONAL_KEYS[name]), ...(name in PERSONAL_DEFAULTS ? { default: PERSONAL_DEFAULTS[name] } : {}), scope: machine ? "machine" : "window", order }] as const;
  });
  const ofRepository = PERSONAL_KEY_NAMES.filter((name) => PERSONAL_KEYS[name].machine).map((name) => `vigil.${name}`);
  return {
    configuration: [
      { title: "Vigil: Team Policy", order: 1, properties: Object.fromEntries(policy) },
      { title: "Vigil: Yours", order: 2, properties: Object.fromEntries(personal) },
    ],
    restrictedConfigurations: [...policy.map(([name]) => name), ...ofRepository],
  };
}

// A policy key has no default in the editor: one would make a person's own level speak where they never did.
function described({ schema, description }: { readonly schema: z.ZodType; readonly description: string }): Readonly<Record<string, unknown>> {
  const shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  return { ...plain(shape), description };
}

/** Without what VS Code's settings do not read: `$schema`, and a format of zod's own. */
function plain(shape: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => name !== "$schema" && name !== "format"));
}
