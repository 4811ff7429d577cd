// A defence of the product, how it is taken out, and what must then fail. Values only.
import type { Edit } from "../bundles.js";

export interface Mutation {
  /** The defence, in a few words that are unique. */
  readonly defence: string;
  readonly edits: readonly Edit[];
  readonly noticed: Notice;
}

export type Notice =
  /** Cases of test/attacks: with the defence gone at least one of them is live. */
  | { readonly by: "attack"; readonly ids: readonly string[] }
  /** A useful thing that no longer works. */
  | { readonly by: "useful"; readonly ids: readonly string[] }
  /** The product itself, before a run starts: its self-test of the walls fails, and says which probe. */
  | { readonly by: "self-test" }
  /** A test file, from `test/` and without its ending: `unit/seccomp`. `only`: words of the tests that are run. */
  | { readonly by: "test"; readonly file: string; readonly only?: string };

export const attack = (...ids: readonly string[]): Notice => ({ by: "attack", ids });
export const test = (file: string, only?: string): Notice => ({ by: "test", file, ...(only === undefined ? {} : { only }) });
export const selfTest: Notice = { by: "self-test" };

/** A defence that one edit takes out. */
export function without(defence: string, file: string, find: string, replace: string, noticed: Notice): Mutation {
  return { defence, edits: [{ file, find, replace }], noticed };
}
