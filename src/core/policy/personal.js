// A person's own settings, which are no policy: how runs are shown, told about and paid for. One table, as for policy.
// Nothing here can widen what a run may do.
import { z } from "zod";
function key(schema, description, machine = false) {
    return { schema, machine, description };
}
const dollars = z.number().min(0);
const announce = z.enum(["toast", "badge", "off"]);
/** Every personal key by the part of its name after `vigil.`. */
export const PERSONAL_KEYS = {
    "model.name": key(z.string().min(1), "The model that runs use."),
    "model.baseUrl": key(z.url({ protocol: /^https?$/u }), "The server that speaks the Messages API. Your key is sent there.", true),
    "model.prices": key(z.record(z.string().min(1), z.object({ input: dollars, output: dollars, cacheRead: dollars.optional(), cacheWrite: dollars.optional() }).strict()), "Prices by model, in US dollars for a million tokens.", true),
    "notify.desktop": key(z.boolean(), "Desktop notifications when no window is open. On by default."),
    "notify.approval": key(announce, "How a waiting approval is announced."),
    "notify.finished": key(announce, "How the end of a run is announced."),
    "notify.quietHours": key(z.string().regex(/^(?:\d{2}:\d{2}-\d{2}:\d{2})?$/u, "hours like 22:00-07:00"), "When announcements stay silent."),
    "notify.command": key(z.string(), "A command that the runner starts for every announcement.", true),
    "timeline.order": key(z.enum(["risk", "time"]), "The order of decisions."),
    "timeline.density": key(z.enum(["comfortable", "compact"]), "How close the rows are."),
    "timeline.openDiffWhileStepping": key(z.boolean(), "Open each diff while going through the timeline."),
    "run.resumeOnOpen": key(z.boolean(), "Resume interrupted runs when the workspace opens."),
    "run.keepAwake": key(z.boolean(), "Keep the machine awake while a run is active.", true),
    "worktrees.folder": key(z.string(), "Where runs' worktrees lie: outside the repository.", true),
    "worktrees.keepDays": key(z.number().int().min(0), "How long an ended run keeps its worktree, in days.", true),
};
export const PERSONAL_KEY_NAMES = Object.keys(PERSONAL_KEYS);
/**
 * What a repository's own file may say of them. A stranger's checkout must not choose the server that a key goes to, a
 * program to start, or a folder to write.
 */
export function fromRepository(settings) {
    return Object.fromEntries(Object.entries(settings).filter(([name]) => PERSONAL_KEYS[name].machine === false));
}
//# sourceMappingURL=personal.js.map