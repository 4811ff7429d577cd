// Names for new runs. They sort by the time of their start, in UTC, and differ even within one second.
import { randomBytes } from "node:crypto";
import type { RunId } from "../core/run/run.js";

/** Like 20261122-130501-a1b2c3. */
export function newRunId(now: Date): RunId {
  const [day = "", time = ""] = now.toISOString().slice(0, 19).split("T");
  return `${day.replaceAll("-", "")}-${time.replaceAll(":", "")}-${randomBytes(3).toString("hex")}`;
}
