// The policy of a workspace that committed nothing: every key's default, for tests that only need some policy.
import { POLICY_KEYS, type EffectivePolicy, type PolicyValues } from "../../src/core/policy/schema.js";

const values = Object.fromEntries(Object.entries(POLICY_KEYS).map(([name, key]) => [name, key.fallback ?? undefined]));

export const mergedDefaults: EffectivePolicy = { values: values as unknown as PolicyValues, origins: {} };
