// The table, in its order.
import type { BenchRow } from "./row.js";
import { activationRow } from "./rows/activation.js";
import { checkpointRow, firstCheckpointRow } from "./rows/checkpoint.js";
import { contextRow } from "./rows/context.js";
import { diffSetRow, reasonsRow } from "./rows/diff-set.js";
import { eventRow } from "./rows/event.js";
import { fidelityRow } from "./rows/fidelity.js";
import { openingRow } from "./rows/opening.js";
import { restoreRow } from "./rows/restore.js";
import { sandboxRow } from "./rows/sandbox.js";
import { timelineRow } from "./rows/timeline.js";
import { worktreeRow } from "./rows/worktree.js";

export const rows: readonly BenchRow[] = [checkpointRow, firstCheckpointRow, fidelityRow, restoreRow, diffSetRow, reasonsRow, worktreeRow, sandboxRow, eventRow, openingRow, activationRow, timelineRow, contextRow];
