// What folding one command gives: events to append with its acceptance, or why it is refused.
import type { RunEvent } from "../../core/log/event.js";
import type { Drop } from "../drop.js";

export type Folded =
  | {
      readonly kind: "accepted";
      readonly events: readonly RunEvent[];
      /** A stack that must leave the worktree once no tool runs. */
      readonly drop?: Drop | undefined;
      /** Ends the workshop at once, with this reason for the call that ran in it. */
      readonly kill?: string | undefined;
    }
  | { readonly kind: "refused"; readonly why: string };
