// Debian's Chromium, which needs no download, driven by playwright-core. CHROMIUM_EXECUTABLE names another one.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Milliseconds in which it must have started on a machine that is busy with other tests. */
const START_MS = 120_000;

export async function openBrowser(): Promise<Browser> {
  const program = browserProgram();
  if (program === undefined) throw new Error("There is no Chromium on this machine. Install it (npm run setup tests), or name one in CHROMIUM_EXECUTABLE.");
  return chromium.launch({ executablePath: program, args: FLAGS, timeout: START_MS });
}

export function browserProgram(): string | undefined {
  const named = process.env["CHROMIUM_EXECUTABLE"];
  if (named !== undefined) return named;
  for (const name of NAMES) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not for us: the next place may have it.
  }
}
