// The table, in its order.
import type { Row } from "./row.js";

export const rows: readonly Row[] = [];
