// The table, in its order.
import type { Row } from "./row.js";
import { serviceRow } from "./rows/service.js";
import { soakRow } from "./rows/soak.js";

export const rows: readonly Row[] = [serviceRow, soakRow];
