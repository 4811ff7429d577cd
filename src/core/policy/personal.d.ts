import { z } from "zod";
/** Every personal key by the part of its name after `vigil.`. */
export declare const PERSONAL_KEYS: {
    readonly "model.name": {
        readonly schema: z.ZodString;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "model.baseUrl": {
        readonly schema: z.ZodURL;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "model.prices": {
        readonly schema: z.ZodRecord<z.ZodString, z.ZodObject<{
            input: z.ZodNumber;
            output: z.ZodNumber;
            cacheRead: z.ZodOptional<z.ZodNumber>;
            cacheWrite: z.ZodOptional<z.ZodNumber>;
        }, z.core.$strict>>;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "notify.desktop": {
        readonly schema: z.ZodBoolean;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "notify.approval": {
        readonly schema: z.ZodEnum<{
            toast: "toast";
            badge: "badge";
            off: "off";
        }>;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "notify.finished": {
        readonly schema: z.ZodEnum<{
            toast: "toast";
            badge: "badge";
            off: "off";
        }>;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "notify.quietHours": {
        readonly schema: z.ZodString;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "notify.command": {
        readonly schema: z.ZodString;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "timeline.order": {
        readonly schema: z.ZodEnum<{
            risk: "risk";
            time: "time";
        }>;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "timeline.density": {
        readonly schema: z.ZodEnum<{
            comfortable: "comfortable";
            compact: "compact";
        }>;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "timeline.openDiffWhileStepping": {
        readonly schema: z.ZodBoolean;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "run.resumeOnOpen": {
        readonly schema: z.ZodBoolean;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "run.keepAwake": {
        readonly schema: z.ZodBoolean;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "worktrees.folder": {
        readonly schema: z.ZodString;
        readonly machine: boolean;
        readonly description: string;
    };
    readonly "worktrees.keepDays": {
        readonly schema: z.ZodNumber;
        readonly machine: boolean;
        readonly description: string;
    };
};
export type PersonalKey = keyof typeof PERSONAL_KEYS;
export declare const PERSONAL_KEY_NAMES: PersonalKey[];
export type PersonalSettings = {
    readonly [K in PersonalKey]?: z.infer<(typeof PERSONAL_KEYS)[K]["schema"]>;
};
/**
 * What a repository's own file may say of them. A stranger's checkout must not choose the server that a key goes to, a
 * program to start, or a folder to write.
 */
export declare function fromRepository(settings: PersonalSettings): PersonalSettings;
