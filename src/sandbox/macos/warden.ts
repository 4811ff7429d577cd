// The first process of a confined program on macOS, which has no namespace that ends with its first process: it starts the
// program, and when that ends or the runner goes, it kills all that is left in the sandbox and says so. It runs confined
// too, so that the kernel's rule about signals is what tells its sandbox's processes from all others.

/** Ends when the runner wants the end, or is gone. */
export const LIFELINE_DESCRIPTOR = 3;
/** Where the warden says how it ended. */
export const VERDICT_DESCRIPTOR = 4;

/** The kernel says that no other process is left in the sandbox. */
export const CLEAN = "clean";
/** The kernel would let it signal processes that are not its own: it killed none. */
export const UNSAFE = "unsafe";

/** So long it tries to kill what goes on making processes. */
const LONGEST_MS = 10_000;

/**
 * A program for `node -e`. Arguments: the runner's process id; `sweep`, or `keep` where it must kill nothing because nobody
 * knows yet whom it would kill; the command, which gets the descriptor `ready` and the standard ones.
 */
export function wardenProgram(ready: number): string {
  return `
const { spawn } = require("node:child_process");
const { closeSync, writeSync } = require("node:fs");
const { constants } = require("node:os");
const { Socket } = require("node:net");
const [host, mode, program, ...rest] = process.argv.slice(1);
for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM"]) process.on(signal, () => undefined);

const may = (pid, signal) => {
  try { process.kill(pid, signal); return true; } catch { return false; }
};
let ending = false;
const end = (code) => {
  if (ending) return;
  ending = true;
  const say = (verdict) => { writeSync(${VERDICT_DESCRIPTOR}, verdict); process.exit(code); };
  if (mode !== "sweep") say("kept");
  if (may(Number(host), 0)) say("${UNSAFE}");
  const until = Date.now() + ${LONGEST_MS};
  // Three times in a row: a process that is being made while all others are killed shows up in the next round.
  const round = (quiet) => {
    if (quiet === 3) say("${CLEAN}");
    if (Date.now() > until) say("left over");
    const found = may(-1, "SIGKILL");
    setTimeout(round, found ? 5 : 1, found ? 0 : quiet + 1);
  };
  round(0);
};
const stdio = ["inherit", "inherit", "inherit"];
stdio[${ready}] = ${ready};
for (let n = 3; n < ${ready}; n += 1) stdio[n] = "ignore";
const child = spawn(program, rest, { stdio });
closeSync(${ready});
child.once("error", (error) => { console.error(error.message); end(126); });
child.once("exit", (code, signal) => { end(code ?? 128 + (constants.signals[signal] ?? 0)); });
const lifeline = new Socket({ fd: ${LIFELINE_DESCRIPTOR}, readable: true, writable: false });
lifeline.resume();
for (const event of ["end", "error", "close"]) lifeline.once(event, () => { end(137); });
`;
}

/**
 * A bash program that gives the command none of the warden's descriptors, nor any other: one inherited from a terminal or an
 * editor would be a way out. Only `ready` stays.
 */
export function withoutDescriptors(ready: number): readonly string[] {
  const close = `for fd in /dev/fd/*; do
  fd=\${fd##*/}
  if [ "$fd" -gt 2 ] && [ "$fd" -ne ${ready} ]; then { eval "exec $fd>&-"; } 2>/dev/null; fi
done
exec "$@"`;
  return ["/bin/bash", "--noprofile", "--norc", "-c", close, "vigil-command"];
}
