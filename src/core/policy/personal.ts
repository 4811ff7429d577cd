// A person's own settings, which are no policy: how runs are shown, told about and paid for. One table, as for policy.
// Nothing here can widen what a run may do.
import { z } from "zod";

interface Key {
  readonly schema: z.ZodType;
  /** A repository must not set it: it names programs, folders, or the server that a key is sent to. */
  readonly machine: boolean;
  readonly description: string;
}

function key<S extends z.ZodType>(schema: S, description: string, machine = false) {
  return { schema, machine, description } as const satisfies Key;
}

const dollars = z.number().min(0);
const announce = z.enum(["toast", "badge", "off"]);

/** Every personal key by the part of its name after `vigil.`. */
export const PERSONAL_KEYS = {
  "model.name": key(z.string().min(1), "The model that runs use."),
  "model.baseUrl": key(z.url({ protocol: /^https?$/u }), "The server that speaks the Messages API. Your key is sent there.", true),
  "model.prices": key(
    z.record(z.string().min(1), z.object({ input: dollars, output: dollars, cacheRead: dollars.optional(), cacheWrite: dollars.optional() }).strict()),
    "Prices by model, in US dollars for a million tokens.",
    true,
  ),
  "notify.desktop": key(z.boolean(), "Desktop notifications when no window is open. On by default."),
  "notify.approval": key(announce, "How a waiting approval is announced."),
  "notify.finished": key(announce, "How the end of a run is announced."),
  "notify.quietHours": key(z.string().regex(/^(?:\d{2}:\d{2}-\d{2}:\d{2})?$/u, "hours like 22:00-07:00"), "When announcements stay silent."),
  "notify.command": key(z.string(), "A command that a run starts, as you and outside the sandbox, when an approval waits, the run ends, the model is unreachable or a goal is given up. It gets VIGIL_RUN, VIGIL_EVENT, VIGIL_TITLE and VIGIL_TEXT in its environment, and one line on standard input. It stands in the run's record, so keep passwords in a script of yours.", true),
  "timeline.order": key(z.enum(["risk", "time"]), "The order of decisions."),
  "timeline.density": key(z.enum(["comfortable", "compact"]), "How close the rows are."),
  "timeline.openDiffWhileStepping": key(z.boolean(), "Open each diff while going through the timeline."),
  "run.resumeOnOpen": key(z.boolean(), "Resume interrupted runs when the workspace opens."),
  "run.atOnce": key(z.number().int().min(1), "How many runs of a repository work at the same time. A run started beyond that waits for its turn. 3 by default.", true),
  "run.keepAwake": key(z.boolean(), "Keep the machine awake while a run is active.", true),
  "worktrees.folder": key(z.string(), "Where runs' worktrees lie: outside the repository.", true),
  "worktrees.keepDays": key(z.number().int().min(0), "How long an ended run keeps its worktree, in days.", true),
} as const satisfies Record<string, Key>;

export type PersonalKey = keyof typeof PERSONAL_KEYS;
export const PERSONAL_KEY_NAMES = Object.keys(PERSONAL_KEYS) as PersonalKey[];

export type PersonalSettings = { readonly [K in PersonalKey]?: z.infer<(typeof PERSONAL_KEYS)[K]["schema"]> };

/**
 * What a repository's own file may say of them. A stranger's checkout must not choose the server that a key goes to, a
 * program to start, or a folder to write.
 */
export function fromRepository(settings: PersonalSettings): PersonalSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !PERSONAL_KEYS[name as PersonalKey].machine));
}
