// Hosts that a run's commands may reach: which are open now, and what is recorded and told of those that were reached or
// refused. It opens nothing by itself: walls are computed from its answer.
import { judge, openHosts, type Verdict } from "../core/judge/judge.js";
import type { EventOf, RunEvent } from "../core/log/event.js";
import type { Contact } from "../sandbox/sandbox.js";
import { judgedRun } from "./judged-run.js";
import type { Site } from "./site.js";

type During = EventOf<"host.reached">["during"];

/** Hosts that a result tells of; the log has them all. */
const TOLD = 5;

/** Whether anything of this run wants a host: then `HostSupport.test` is due before the first confined program. */
export function wantsHosts(site: Pick<Site, "ledger">): boolean {
  const { run } = site.ledger;
  return openHosts(run.spec.policy.values, judgedRun(run)).length > 0 || (run.spec.policy.values["worktree.setup"] !== undefined && run.spec.policy.values["worktree.setupHosts"].length > 0);
}

/** Every host that a program that is confined now may reach; empty where this machine cannot open any. */
export async function hostsInForce(site: Pick<Site, "ledger" | "sandbox" | "hosts">): Promise<readonly string[]> {
  const { run } = site.ledger;
  const wanted = openHosts(run.spec.policy.values, judgedRun(run));
  return wanted.length === 0 || (await site.hosts.test(site)) !== undefined ? [] : wanted;
}

/** What the set-up command may reach: its own hosts at every stage, because policy chose the command and not the agent. */
export async function setupHosts(site: Pick<Site, "ledger" | "sandbox" | "hosts">): Promise<readonly string[]> {
  const own = site.ledger.run.spec.policy.values["worktree.setupHosts"];
  if (own.length > 0 && (await site.hosts.test(site)) !== undefined) return [];
  return [...new Set([...(await hostsInForce(site)), ...own])];
}

/** Whether the agent may have this host: it has it, a person must say, or nobody can. */
export async function judgeHostNow(site: Pick<Site, "ledger" | "sandbox" | "hosts">, host: string): Promise<Verdict> {
  const { run } = site.ledger;
  const verdict = judge({ kind: "host", host }, run.spec.policy.values, judgedRun(run));
  if (verdict.kind === "deny") return verdict;
  const hostsShut = await site.hosts.test(site);
  return judge({ kind: "host", host }, run.spec.policy.values, { ...judgedRun(run), hostsShut });
}

/** Records what a step's program, or one before it, reached or was refused. */
export async function recordContacts({ ledger }: Pick<Site, "ledger">, contacts: readonly Contact[], { step, decision }: Pick<EventOf<"step.intended">, "step" | "decision">): Promise<void> {
  if (contacts.length > 0) await ledger.append(...contactEvents(contacts, { kind: "step", step, ...(decision === undefined ? {} : { decision }) }));
}

/** What is recorded of connections. */
export function contactEvents(contacts: readonly Contact[], during: During): readonly RunEvent[] {
  return contacts.map(({ host, port, count, refused }) =>
    refused === undefined ? { kind: "host.reached", host, port, count, during } : { kind: "host.refused", host, port, count, during, why: refused },
  );
}

/** What the agent is told of refused connections: a line for each host, with the tool to call. */
export function refusedLines(contacts: readonly Contact[]): readonly string[] {
  const refused = contacts.filter((contact) => contact.refused !== undefined);
  const lines = refused.slice(0, TOLD).map(({ host, port, refused: why }) => {
    const name = port === 0 ? host : `${host}:${String(port)}`;
    if (why?.startsWith("resolved") === true) return `[Refused: ${name} ${why}, which only policy can open. Do without it.]`;
    return `[Refused: ${name} is ${why ?? "refused"}. Call request_permission with kind "host" and target "${name}", or do without.]`;
  });
  return refused.length > TOLD ? [...lines, `[${String(refused.length - TOLD)} more hosts were refused.]`] : lines;
}
