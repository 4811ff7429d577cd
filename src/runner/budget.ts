// Room for one more turn: what was spent, plus what the next turn may cost at list price, must fit the limits in force;
// else the reply's length is cut, else a person is asked. Only a person raises a limit, by answering that gate.
import type { Leave } from "../agent/workbench.js";
import { sizeOf } from "../agent/models.js";
import { affordableTokens, parsePrices } from "../agent/prices.js";
import type { Run } from "../core/run/run.js";
import { midnight } from "./day-spend.js";
import { answered, raised } from "./gate.js";
import type { Site } from "./site.js";

/** Below this a reply cannot hold a useful tool call. */
const LEAST_REPLY_TOKENS = 1_024;
/** What a reply gets where nothing forbids it: room for a whole file, and not so much that a runaway reply costs dearly. */
const REPLY_TOKENS = 32_000;

type Limit = "usd" | "tokens" | "hours" | "steps" | "files" | "lines" | "perDay.usd";
interface Over {
  readonly kind: "over";
  readonly limit: Limit;
  readonly why: string;
}

export async function room(site: Site, estimatedInput: number): Promise<Leave> {
  const { ledger } = site;
  for (;;) {
    const model = ledger.run.spec.model.name;
    const most = Math.min(REPLY_TOKENS, sizeOf(model).output);
    const fits = overWork(ledger.run) ?? fit(ledger.run, estimatedInput, most, await leftToday(site));
    if (fits.kind === "fits") return { kind: "go", maxTokens: fits.maxTokens, model };
    const answer = await askForMore(site, fits);
    if (site.halt.aborted) return { kind: "end", end: { kind: "stopped", why: "a person stopped the run" } };
    if (answer !== "allow") return { kind: "end", end: { kind: "stopped", why: fits.why } };
  }
}

/** Before each call, because one reply may hold thousands: why no more may be done, undefined when there is time and steps. */
export async function workLeft(site: Site): Promise<string | undefined> {
  for (let over = overWork(site.ledger.run); over !== undefined && !site.halt.aborted; over = overWork(site.ledger.run)) {
    if ((await askForMore(site, over)) !== "allow") return over.why;
  }
  return undefined;
}

/** Asks a person for `files` or `lines` beyond the limit; why not, when they are not granted. */
export async function sizeGranted(site: Site, limit: "files" | "lines", wanted: number): Promise<string | undefined> {
  for (let most = limitOf(site.ledger.run, limit); most !== undefined && wanted > most && !site.halt.aborted; most = limitOf(site.ledger.run, limit)) {
    const why = `With this decision the run would change ${String(wanted)} ${limit}; the limit is ${String(most)}.`;
    const answer = await askForMore(site, { kind: "over", limit, why }, "The decision stays open; the agent makes it smaller or drops it.");
    if (answer !== "allow") return why;
  }
  return undefined;
}

function overWork(run: Run): Over | undefined {
  const hours = limitOf(run, "hours");
  if (hours !== undefined && run.spent.workedMs >= hours * 3_600_000) return over("hours", `The limit of ${String(hours)} hours of work is reached.`);
  const steps = limitOf(run, "steps");
  if (steps !== undefined && run.spent.steps >= steps) return over("steps", `The limit of ${String(steps)} steps is reached.`);
  return undefined;
}

function fit(run: Run, input: number, most: number, today: { readonly limit: number; readonly left: number } | undefined): { readonly kind: "fits"; readonly maxTokens: number } | Over {
  const { usage } = run.spent;
  const usedTokens = usage.input + usage.output + usage.cacheRead + usage.cacheWrite;
  let maxTokens = most;
  const tokens = limitOf(run, "tokens");
  if (tokens !== undefined) {
    maxTokens = Math.min(maxTokens, Math.floor(tokens - usedTokens - input));
    if (maxTokens < LEAST_REPLY_TOKENS) return over("tokens", `The limit of ${String(tokens)} tokens leaves no room for another turn (${String(usedTokens)} used).`);
  }
  const prices = parsePrices(run.spec.prices);
  // An unknown price cannot be kept to: that was said at the start, and tokens, steps and hours still bound the run.
  const affordable = (usd: number): number => (prices.kind === "ok" ? (affordableTokens(run.spec.model.name, input, usd, prices.prices) ?? most) : most);
  const usd = limitOf(run, "usd");
  if (usd !== undefined) maxTokens = Math.min(maxTokens, affordable(usd - run.spent.usd));
  if (maxTokens < LEAST_REPLY_TOKENS) return over("usd", `The limit of $${String(usd?.toFixed(2))} leaves no room for another turn ($${run.spent.usd.toFixed(2)} spent).`);
  if (today !== undefined) maxTokens = Math.min(maxTokens, affordable(today.left));
  if (maxTokens < LEAST_REPLY_TOKENS) return over("perDay.usd", `The limit of $${String(today?.limit.toFixed(2))} a day for all runs of this repository leaves no room for another turn ($${String(today === undefined ? 0 : (today.limit - today.left).toFixed(2))} spent today).`);
  return { kind: "fits", maxTokens };
}

async function leftToday(site: Site): Promise<{ readonly limit: number; readonly left: number } | undefined> {
  const limit = limitOf(site.ledger.run, "perDay.usd");
  return limit === undefined ? undefined : { limit, left: limit - (await site.spentToday()) };
}

function over(limit: Limit, why: string): Over {
  return { kind: "over", limit, why };
}

// Each allowed budget gate of a limit adds that limit once more; for the day's limit only a gate of the same day.
function limitOf(run: Run, limit: Limit): number | undefined {
  const base = run.spec.policy.values[`limits.${limit}`];
  if (base === undefined) return undefined;
  const from = limit === "perDay.usd" ? midnight() : 0;
  const raisedTimes = run.gates.filter((gate) => gate.type === "budget" && gate.target === limit && gate.raisedAt >= from && gate.state.kind === "answered" && gate.state.answer === "allow").length;
  return base * (1 + raisedTimes);
}

async function askForMore(site: Site, { limit, why }: Over, ifDenied = "The run ends here, ready to review."): Promise<"allow" | "deny" | "none"> {
  const { ledger } = site;
  const open = ledger.run.gates.find((gate) => gate.type === "budget" && gate.target === limit && gate.state.kind === "open");
  if (open !== undefined) return (await answered(ledger, open.id, site.halt)).kind;
  const shown = `${why} Allow: the run may use the same again. Deny: ${ifDenied}`;
  const gate = await raised(ledger, { type: "budget", target: limit, why, shown, ifDenied });
  await ledger.append(gate.event);
  return (await answered(ledger, gate.gate, site.halt)).kind;
}
