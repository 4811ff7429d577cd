// What a person sees of a run, as a terminal shows it: every verb that prints words of the agent.
import type { Machine } from "./machine.js";

const VERBS: readonly (readonly string[])[] = [
  ["show"],
  ["timeline"],
  ["timeline", "--steps"],
  ["diff"],
  ["diff", "--patch"],
  ["review"],
  ["report"],
  ["report", "--format", "html"],
  ["report", "--format", "pr"],
];

/** `finish` ends the run; before and after it every verb is asked. */
export async function rendered(machine: Machine, id: string, finish: () => Promise<void>): Promise<string> {
  const seen = await ask(machine, [["show"], ["runs"]], id);
  await finish();
  return `${seen}\n${await ask(machine, VERBS, id)}`;
}

// A terminal of its own for each, because words on their way to a file may be left as they are; one that turns no line
// ends into carriage returns, which would look like the agent's.
async function ask(machine: Machine, verbs: readonly (readonly string[])[], id: string): Promise<string> {
  const texts: string[] = [];
  for (const [verb = "", ...options] of verbs) {
    const line = [...machine.command(), verb, ...(verb === "runs" ? [] : [id]), ...options, "--repo", machine.repo].map((word) => `'${word}'`).join(" ");
    const said = await machine.start(["script", "-qec", `stty -opost -echo; ${line} 2>&1`, "/dev/null"], {}, machine.repo).said;
    texts.push(said.stdout);
  }
  return texts.join("\n");
}
