// The command line's entry: reads the line, runs the verb, turns every outcome into an exit code and a sentence. It holds
// no logic of runs; whatever a verb does, the client does.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HumanError } from "../core/error.js";
import { systemRefusal } from "../core/system-error.js";
import type { Place } from "../client/open-repository.js";
import { helpFor, helpWidth, overview, welcome } from "./help.js";
import { asksForJson, parse } from "./parse.js";
import { Screen } from "./screen.js";
import { VERBS } from "./verbs.js";

const program = dirname(fileURLToPath(import.meta.url));

async function main(argv: readonly string[], interrupted: AbortSignal): Promise<number> {
  const screen = new Screen(process, asksForJson(argv));
  try {
    return await perform(argv, screen, interrupted);
  } catch (error) {
    return complain(error, screen);
  } finally {
    await screen.flush();
  }
}

async function perform(argv: readonly string[], screen: Screen, interrupted: AbortSignal): Promise<number> {
  const { verb, args, values, global } = parse(argv, VERBS);
  if (global.version) {
    const version = await versionOfProgram();
    if (screen.json) screen.data({ version });
    else screen.say(`vigil ${version}`);
    return 0;
  }
  if (verb === undefined) {
    if (screen.json && !global.help) throw new HumanError('There is no verb. Name one, as in "vigil runs --json"; "vigil help" lists them.', 2);
    return teach(screen, global.help ? overview(VERBS, helpWidth(screen)) : welcome(VERBS, helpWidth(screen)));
  }
  if (global.help) return teach(screen, helpFor(verb, helpWidth(screen)));
  const place: Place = { folder: resolve(global.repo ?? "."), env: process.env, platform: process.platform, home: homedir(), program, node: process.execPath };
  return verb.run({ args, values, screen, place, interrupted });
}

function teach(screen: Screen, help: string): number {
  if (screen.json) screen.data({ help });
  else screen.say(help);
  return 0;
}

/** Anything that is no HumanError, and no refusal of the machine's, is a bug of ours: it is shown whole, so that it can be reported. */
function complain(thrown: unknown, screen: Screen): number {
  const error = systemRefusal(thrown) ?? thrown;
  const exit = error instanceof HumanError ? error.exit : 1;
  const message = error instanceof HumanError ? error.message : `This is a bug in Vigil, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  screen.tell(`vigil: ${message}`);
  if (screen.json) screen.data({ error: message, exit });
  return exit;
}

async function versionOfProgram(): Promise<string> {
  const text = await readFile(join(program, "..", "package.json"), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

// A reader that has seen enough closes the pipe: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
}

const interruption = new AbortController();
process.on("SIGINT", () => {
  // The second time the person means this process, whatever it is doing.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort();
});

// What runs in processes of its own goes on; nothing here is worth waiting for once the answer was written.
process.exit(await main(process.argv.slice(2), interruption.signal));
