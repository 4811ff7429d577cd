// What a verb of the command line is: its usage, its options, its examples and what it does. The table in `verbs.ts`
// lists them all; parsing, help and suggestions read the same entries, so that none of them can lag behind.
import type { Place } from "../client/open-repository.js";
import type { Screen } from "./screen.js";

export const GROUPS = ["start", "people's side", "read", "review and land", "set up"] as const;
export type Group = (typeof GROUPS)[number];

/** `value` names what follows the option on the line; an option without it is a switch. */
export interface OptionSpec {
  readonly value?: string;
  readonly about: string;
}

export type Options = Readonly<Record<string, OptionSpec>>;

export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly value: string } ? string | undefined : boolean;
};

export interface Call<V> {
  readonly args: readonly string[];
  readonly values: V;
  readonly screen: Screen;
  /** Where the command was given: the folder, the environment, the program's own files. */
  readonly place: Place;
  /** Aborts when the person presses Ctrl-C. What runs in a process of its own goes on. */
  readonly interrupted: AbortSignal;
}

export interface VerbOf<O extends Options> {
  readonly name: string;
  readonly group: Group;
  /** What follows `vigil` on the line. */
  readonly usage: string;
  readonly about: string;
  /** What a person should know who uses it for the first time; plain paragraphs. */
  readonly detail?: string;
  readonly options: O;
  readonly least: number;
  readonly most: number;
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Resolves with the exit code. */
  run(call: Call<ValuesOf<O>>): Promise<number>;
}

export type Verb = VerbOf<Options>;

export function verb<const O extends Options>(spec: VerbOf<O>): VerbOf<O> {
  return spec;
}
