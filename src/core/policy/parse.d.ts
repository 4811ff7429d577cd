import { type PersonalSettings } from "./personal.js";
import { type PolicySettings } from "./schema.js";
export interface Settings {
    readonly settings: PolicySettings;
    readonly personal: PersonalSettings;
}
/**
 * The settings in a file's text. `where` names the file in messages.
 * @throws HumanError (exit 2) that lists every problem as `where:line: …`, with the key and what to write instead.
 */
export declare function parseSettings(text: string, where: string): Settings;
