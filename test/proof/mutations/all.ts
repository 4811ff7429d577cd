// Every defence of the product that the proof takes out, in the order in which it is tried.
import { gitMutations } from "./git.js";
import { judgingMutations } from "./judging.js";
import type { Mutation } from "./mutation.js";
import { recordMutations } from "./record.js";
import { textMutations } from "./texts.js";
import { wallMutations } from "./walls.js";

export const mutations: readonly Mutation[] = [...wallMutations, ...gitMutations, ...judgingMutations, ...recordMutations, ...textMutations];
