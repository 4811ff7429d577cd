// The table, in its order.
import type { Row } from "./row.js";
import { attacks } from "./rows/attacks.js";
import { besideUser } from "./rows/beside-user.js";
import { commandRules } from "./rows/command-rules.js";
import { defences } from "./rows/defences.js";
import { editorKills } from "./rows/editor-kills.js";
import { editorReloads } from "./rows/editor-reloads.js";
import { fuzz } from "./rows/fuzz.js";
import { heals } from "./rows/heals.js";
import { kills } from "./rows/kills.js";
import { logDamage } from "./rows/log-damage.js";
import { overhead } from "./rows/overhead.js";
import { randomKills } from "./rows/random-kills.js";
import { serviceRow } from "./rows/service.js";
import { soakRow } from "./rows/soak.js";
import { useful } from "./rows/useful.js";
import { windows } from "./rows/windows.js";
import { writeErrors } from "./rows/write-errors.js";

export const rows: readonly Row[] = [attacks, useful, defences, commandRules, fuzz, overhead, kills, randomKills, heals, editorKills, logDamage, writeErrors, serviceRow, windows, besideUser, soakRow, editorReloads];
