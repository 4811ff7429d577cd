// An announcement on the desktop, by what the system brings: no notice is better than a program to install, so where there
// is none nothing is said.
import { spawn } from "node:child_process";
import type { Announcement } from "../core/run/announcement.js";

const PATIENCE_MS = 5_000;

/** Resolves when it was handed over, or cannot be. */
export async function showOnDesktop({ title, text }: Announcement): Promise<void> {
  const line = commandFor(title, text);
  if (line === undefined) return;
  const [program, ...args] = line;
  await new Promise<void>((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", timeout: PATIENCE_MS, killSignal: "SIGKILL" });
    child.once("error", () => { resolve(); });
    child.once("exit", () => { resolve(); });
  });
}

// Neither is a shell: the texts are arguments, and begin with a word of Vigil's own or come after an end of options.
function commandFor(title: string, text: string): readonly [string, ...string[]] | undefined {
  if (process.platform === "darwin") return ["osascript", "-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", "--", title, text];
  const { DISPLAY, WAYLAND_DISPLAY, DBUS_SESSION_BUS_ADDRESS } = process.env;
  if (process.platform !== "linux" || (DISPLAY ?? WAYLAND_DISPLAY ?? DBUS_SESSION_BUS_ADDRESS) === undefined) return undefined;
  // The body may be read as markup.
  return ["notify-send", "--app-name=Vigil", "--", title, text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")];
}
