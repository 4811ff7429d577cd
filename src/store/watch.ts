// Says when something in a folder may have changed. Notices from the system are quick and can be lost; a slow look at the
// clock makes up for that, and a fast one stands in where the system has no notices left to give.
import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";

/** How often to look when notices arrive, and when there are none, in milliseconds: a denial must take effect in 200. */
const SLOW_MS = 1_000;
const FAST_MS = 50;

/** Calls `changed`, without saying what did, until disposed. Keeps the process alive meanwhile. */
export function watchFolder(folder: string, changed: () => void): { dispose(): void } {
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = (ms: number): void => {
    clearInterval(timer);
    timer = setInterval(changed, ms);
  };
  const lost = (): void => {
    watcher?.close();
    watcher = undefined;
    look(FAST_MS);
  };
  try {
    watcher = watch(folder, () => {
      changed();
    });
    watcher.on("error", lost);
    look(SLOW_MS);
  } catch {
    lost(); // Out of watches, or none on this file system: looking often does the same.
  }
  return {
    dispose() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}
