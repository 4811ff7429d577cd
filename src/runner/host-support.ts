// Whether this machine can open single hosts: tested when a run first wants one, and written down. Where it cannot, hosts
// stay shut, which is said once, and nothing else changes.
import type { RunEvent } from "../core/log/event.js";
import type { Sandbox } from "../sandbox/sandbox.js";
import type { Ledger } from "./ledger.js";

interface Tested {
  readonly ledger: Ledger;
  readonly sandbox: Sandbox;
}

const WITHOUT_COMMANDS = "Commands cannot be confined on this machine, so none are run and nothing is reached.";

/** What this machine can do about hosts; found out once, when somebody first wants one. */
export class HostSupport {
  #tested: Promise<string | undefined> | undefined;

  /**
   * Why no host can be opened, as a sentence; undefined where they can. Tested once: the result is an event, and that
   * hosts stay shut is said to people and to the agent.
   */
  test(run: Tested): Promise<string | undefined> {
    return (this.#tested ??= tested(run));
  }
}

async function tested({ ledger, sandbox }: Tested): Promise<string | undefined> {
  if (ledger.run.spec.withoutCommands !== undefined) return WITHOUT_COMMANDS;
  const { backend, passed, probes, ms, remedy } = await sandbox.hostsTest();
  const shut = passed ? undefined : (remedy ?? "Single hosts cannot be opened on this machine. Run `vigil doctor` to see what is missing.");
  const event: RunEvent = {
    kind: "sandbox.tested",
    backend,
    passed,
    probes: probes.map((probe) => ({ name: probe.name, passed: probe.passed, ...(probe.detail === undefined ? {} : { detail: probe.detail }) })),
    ms: Math.round(ms),
  };
  if (shut === undefined) {
    await ledger.append(event);
    return undefined;
  }
  const text = `The hosts that policy allows stay shut; everything else works as it would. ${shut}`;
  if (ledger.run.notes.includes(text)) {
    await ledger.append(event);
    return shut;
  }
  const told = await ledger.keep("No host can be reached on this machine, whatever the limits name: the network stays shut. Work without it, and say in finish what is needed.");
  await ledger.append(event, { kind: "note.added", text }, { kind: "message.added", from: "supervisor", text: told.id });
  return shut;
}
