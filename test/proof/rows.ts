// The table, in its order.
import { kills } from "./rows/kills.js";
import { heals } from "./rows/heals.js";
import { randomKills } from "./rows/random-kills.js";
import type { Row } from "./row.js";
import { serviceRow } from "./rows/service.js";
import { soakRow } from "./rows/soak.js";

export const rows: readonly Row[] = [kills, randomKills, heals, serviceRow, soakRow];
