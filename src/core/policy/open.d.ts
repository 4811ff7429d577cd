import { type Stage } from "../stage.js";
import type { EffectivePolicy } from "./schema.js";
export interface Circumstances {
    readonly policy: EffectivePolicy;
    /** The base commit's settings file sets at least one policy key. */
    readonly hasCommittedPolicy: boolean;
    /** Stages that this machine can hold a run to, and what is missing for the others. */
    readonly machine: {
        readonly enforceable: readonly Stage[];
        readonly why?: string;
    };
    /** Where the branch of `landing.branch` is checked out, if anywhere. */
    readonly landingBranch: {
        readonly checkedOutAt?: string;
    };
    /** Past records are not counted by this build, so that only a committed waiver stands for them. */
    readonly evidence: {
        readonly kind: "none";
    };
}
export type Opening = {
    readonly kind: "open";
    readonly stage: Stage;
    readonly why: string;
} | {
    readonly kind: "closed";
    readonly requested: Stage;
    readonly why: string;
    readonly edit: string;
};
export interface Rung {
    readonly stage: Stage;
    readonly state: {
        readonly kind: "open";
        readonly why: string;
    } | {
        readonly kind: "closed";
        readonly why: string;
        readonly edit: string;
    };
}
/** The stage of a run: the requested one if it is open, else the highest that is. */
export declare function openStage(input: Circumstances & {
    readonly requested?: Stage;
}): Opening;
/** All four stages, each open or with what opens it. */
export declare function stageLadder(input: Circumstances): readonly Rung[];
