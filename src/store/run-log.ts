// A run as every front end may use it: reading, following, posting, asking who works on it. Never takes the run's lock.
import { readAtRest } from "./at-rest.js";
import { fileBlobs } from "./blobs.js";
import { followLog, readLog } from "./follow.js";
import { poster } from "./inbox.js";
import { lockHolder } from "./lock.js";
import type { RunFiles } from "./run-files.js";
import type { RunLog } from "./store.js";
import { verifyRun } from "./verify.js";

export function fileRunLog(files: RunFiles, nextName: () => string): RunLog {
  return {
    id: files.id,
    folder: files.folder,
    blobs: fileBlobs(files),
    read: (from = 1) => readLog(files, from),
    follow: (from, signal) => followLog(files, from, signal),
    post: poster(files, nextName),
    atRest: () => readAtRest(files),
    holder: () => lockHolder(files.lock),
    verify: () => verifyRun(files),
  };
}
