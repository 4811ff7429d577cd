import type { Stage } from "../stage.js";
export interface InitialPolicy {
    /** E-mail address of who answers for runs here. */
    readonly owner: string;
    readonly checks: readonly string[];
    readonly stage: Stage;
    /** Dollars a run may spend; 10 where nothing is said. */
    readonly usd?: number;
}
/** A whole new settings file. */
export declare function initialSettings(initial: InitialPolicy): string;
/**
 * The existing file's text with the keys that it lacks; keys that it has keep their values.
 * @throws HumanError where the existing text is no usable settings file.
 */
export declare function addToSettings(existing: string | undefined, initial: InitialPolicy): string;
