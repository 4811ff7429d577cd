// How a launched sandbox ended and what it said on the descriptors between it and the runner.
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { Confined } from "./sandbox.js";

export function exitOf(child: ChildProcess): Confined["exited"] {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
}

/** All that it said, the last 64 KB of it. */
export async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text = `${text}${String(chunk)}`.slice(-64 * 1024);
  return text;
}

/** The first thing that it said; empty where it ended without a word. */
export function firstTextOf(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    stream.once("data", (chunk) => resolve(String(chunk)));
    stream.once("close", () => resolve(""));
  });
}
