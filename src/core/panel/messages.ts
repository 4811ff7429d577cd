// What the timeline panel and its host say to each other. What comes from the panel is parsed: a page is another process,
// and one that draws an agent's words.
import { z } from "zod";
import { limitName } from "../log/limits.js";
import type { Panel } from "./panel.js";
import type { StepGroup, StepRow } from "./step-groups.js";

/** What a key does in the panel. Keys are bound by the editor, so that people can bind others; the panel only hears the act. */
export const ACTS = [
  "next",
  "previous",
  "nextUndecided",
  "previousUndecided",
  "first",
  "last",
  "in",
  "out",
  "accept",
  "reject",
  "ask",
  "later",
  "undo",
  "sweep",
  "diff",
  "openAll",
  "nextFile",
  "previousFile",
  "evidence",
  "order",
  "filter",
  "link",
  "land",
  "help",
] as const;
export type Act = (typeof ACTS)[number];

const decision = z.string();
const comment = z.string().max(20_000).optional();

export const fromPanelSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  /** Whether a key pressed now is meant for the list; and how deep the reader is, 0 to 4. */
  z.object({ kind: z.literal("focus"), list: z.boolean(), level: z.number().int() }),
  z.object({ kind: z.literal("selected"), decision: z.string().nullable(), path: z.string().nullable() }),
  z.object({ kind: z.literal("verdict"), verdict: z.enum(["accept", "reject", "change", "later"]), targets: z.array(z.string()).min(1), comment, opened: z.boolean() }),
  z.object({ kind: z.literal("undo") }),
  z.object({ kind: z.literal("sweep") }),
  z.object({ kind: z.literal("open"), decision, path: z.string().optional(), focus: z.boolean() }),
  z.object({ kind: z.literal("openAll"), decision }),
  z.object({ kind: z.literal("answer"), gate: z.string(), digest: z.string(), answer: z.enum(["allow", "deny"]), forRun: z.boolean(), comment }),
  z.object({ kind: z.literal("groups"), decision: z.string().nullable() }),
  z.object({ kind: z.literal("steps"), from: z.number().int(), to: z.number().int() }),
  z.object({ kind: z.literal("link"), decision: z.string().nullable() }),
  z.object({ kind: z.literal("resume") }),
  z.object({ kind: z.literal("land") }),
  z.object({ kind: z.literal("unland") }),
  z.object({ kind: z.literal("asText") }),
  /** What it is given up for, and to which amount a limit is raised, the editor asks. */
  z.object({ kind: z.literal("giveUp"), goal: z.string() }),
  z.object({ kind: z.literal("waive"), goal: z.string() }),
  z.object({ kind: z.literal("raise"), limit: limitName }),
]);
export type FromPanel = z.infer<typeof fromPanelSchema>;

export type ToPanel =
  | { readonly kind: "panel"; readonly panel: Panel }
  /** The panel goes to another run, which is still being read. */
  | { readonly kind: "other" }
  | { readonly kind: "groups"; readonly decision: string | null; readonly groups: readonly StepGroup[] }
  | { readonly kind: "steps"; readonly from: number; readonly to: number; readonly rows: readonly StepRow[] }
  /** How the person wants timelines to look; `order` where they chose none in this one. */
  | { readonly kind: "look"; readonly order: "risk" | "time"; readonly density: "comfortable" | "compact" }
  | { readonly kind: "act"; readonly act: Act }
  /** A verdict that the page shows already did not come to be. */
  | { readonly kind: "unsaid" }
  /** Go to a decision, as a link or another view asks. */
  | { readonly kind: "reveal"; readonly decision: string }
  /** One sentence for the eye and for a screen reader. */
  | { readonly kind: "said"; readonly text: string; readonly bad: boolean };
