// Tells a check that failed from a check that could not run, because the sandbox's own refusals must never look like
// broken code.
import type { CommandResult } from "./run-command.js";

/** Why the check says nothing about the code, as a clause; undefined when its exit code counts. */
export function couldNotRun(result: CommandResult, platform: NodeJS.Platform = process.platform): string | undefined {
  if (result.notStarted !== undefined) return result.notStarted;
  if (result.timedOut) return `it was ended after ${Math.round(result.ms / 1000)} s without a result`;
  if (result.aborted) return "it was ended from outside";
  if (result.exit === null) return `it was ended by ${result.signal ?? "an unknown signal"}`;
  if (result.exit === 0) return undefined;
  const text = new TextDecoder().decode(result.output);
  // Shells answer 127 for a program that is not there and 126 for one that cannot be executed; npm and make hand both on.
  if (result.exit === 127) return `a program that it needs is missing in the sandbox${quoted(text, /not found|No such file/)}`;
  if (result.exit === 126) return `a program that it needs cannot be executed in the sandbox${quoted(text, /cannot execute|Permission denied/i)}`;
  if (/\bEROFS\b|[Rr]ead-only file system/.test(text)) return `it wanted to write where the sandbox is read-only${quoted(text, /EROFS|[Rr]ead-only file system/)}`;
  // Seatbelt has one answer to everything: a file, a port to listen at, a name to look up.
  if (platform === "darwin" && /\bEPERM\b|[Oo]peration not permitted/.test(text)) return `it wanted something that the sandbox refuses${quoted(text, /EPERM|[Oo]peration not permitted/)}`;
  if (/\bEOVERFLOW\b|Value too large for defined data type/.test(text)) return "it wanted to change a file of another user or group, which a throw-away layer cannot copy";
  return undefined;
}

function quoted(text: string, pattern: RegExp): string {
  const line = text.split("\n").find((each) => pattern.test(each));
  return line === undefined ? "" : `: ${line.trim().slice(0, 200)}`;
}
