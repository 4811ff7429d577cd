import type { z } from "zod";
import { HumanError } from "../error.js";
export interface Problem {
    /** Counts from 1. */
    readonly line: number;
    readonly text: string;
}
/** Line of an offset in the text, counting from 1. */
export declare function lineAt(text: string, offset: number): number;
export declare function settingsError(where: string, problems: readonly Problem[]): HumanError;
/** What a value should have been, in words, from zod's own account of it. */
export declare function accepted(issue: z.core.$ZodIssue): string;
