// Room for one more turn: what was spent, plus what the next turn may cost at list price, must fit the limits in force;
// else the reply's length is cut, else a person is asked. Only a person raises a limit, by answering that gate.
import type { Leave } from "../agent/workbench.js";
import { sizeOf } from "../agent/models.js";
import { affordableTokens, parsePrices } from "../agent/prices.js";
import type { LimitName } from "../core/log/limits.js";
import { limitOf, usedOf } from "../core/run/limits.js";
import type { Run } from "../core/run/run.js";
import { midnight } from "./day-spend.js";
import { answered, raised } from "./gate.js";
import type { Site } from "./site.js";

/** Below this a reply cannot hold a useful tool call. */
const LEAST_REPLY_TOKENS = 1_024;
/** What a reply gets where nothing forbids it: room for a whole file, and not so much that a runaway reply costs dearly. */
const REPLY_TOKENS = 32_000;

interface Over {
  readonly kind: "over";
  /** `price`: the limit in dollars cannot be kept, because nobody knows what the model costs. */
  readonly limit: LimitName | "price";
  readonly why: string;
}

/** What a question about a limit says of the two answers. */
const MORE = "the run may use the same again";
const END = "The run ends here, ready to review.";

export async function room(site: Site, estimatedInput: number): Promise<Leave> {
  const { ledger } = site;
  for (;;) {
    const model = ledger.run.spec.model.name;
    const most = Math.min(REPLY_TOKENS, sizeOf(model).output);
    const fits = overWork(ledger.run) ?? unpriced(ledger.run) ?? fit(ledger.run, estimatedInput, most, await leftToday(site));
    if (fits.kind === "fits") return { kind: "go", maxTokens: fits.maxTokens, model };
    const answer = await askForMore(site, fits);
    if (site.halt.aborted) return { kind: "end", end: { kind: "stopped", why: "a person stopped the run" } };
    if (answer === "deny") return { kind: "end", end: { kind: "stopped", why: fits.why } };
  }
}

/** Before each call, because one reply may hold thousands: why no more may be done, undefined when there is time and steps. */
export async function workLeft(site: Site): Promise<string | undefined> {
  for (let over = overWork(site.ledger.run); over !== undefined && !site.halt.aborted; over = overWork(site.ledger.run)) {
    if ((await askForMore(site, over)) === "deny") return over.why;
  }
  return undefined;
}

/** Asks a person for `files` or `lines` beyond the limit; why not, when they are not granted. */
export async function sizeGranted(site: Site, limit: "files" | "lines", wanted: number): Promise<string | undefined> {
  for (let most = limitOf(site.ledger.run, limit); most !== undefined && wanted > most && !site.halt.aborted; most = limitOf(site.ledger.run, limit)) {
    const why = `With this decision the run would change ${String(wanted)} ${limit}; the limit is ${String(most)}.`;
    const answer = await askForMore(site, { kind: "over", limit, why }, "The decision stays open; the agent makes it smaller or drops it.");
    if (answer === "deny") return why;
  }
  return undefined;
}

function overWork(run: Run): Over | undefined {
  const hours = limitOf(run, "hours");
  if (hours !== undefined && usedOf(run, "hours") >= hours) return over("hours", `The limit of ${String(hours)} hours of work is reached.`);
  const steps = limitOf(run, "steps");
  if (steps !== undefined && run.spent.steps >= steps) return over("steps", `The limit of ${String(steps)} steps is reached.`);
  return undefined;
}

/** Asked once: a person says how the run is bounded instead, or that time and steps are bound enough. */
function unpriced(run: Run): Over | undefined {
  const usd = limitOf(run, "usd");
  if (usd === undefined || limitOf(run, "tokens") !== undefined || run.gates.some((gate) => gate.target === "price" && gate.state.kind !== "open")) return undefined;
  const prices = parsePrices(run.spec.prices);
  if (prices.kind !== "ok" || affordableTokens(run.spec.model.name, 0, usd, prices.prices) !== undefined) return undefined;
  return over("price", `Nobody knows what the model ${run.spec.model.name} costs, so the limit of $${usd.toFixed(2)} cannot be kept. Give the run a limit of tokens instead (vigil raise ${run.id} tokens 2000000), or name the model's price in "vigil.model.prices" for the next run.`);
}

function fit(run: Run, input: number, most: number, today: { readonly limit: number; readonly left: number } | undefined): { readonly kind: "fits"; readonly maxTokens: number } | Over {
  const usedTokens = usedOf(run, "tokens");
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
  const limit = limitOf(site.ledger.run, "perDay.usd", midnight());
  return limit === undefined ? undefined : { limit, left: limit - (await site.spentToday()) };
}

function over(limit: Over["limit"], why: string): Over {
  return { kind: "over", limit, why };
}

/** `none`: the question was settled otherwise, or the run must halt; ask again whether there is room. */
async function askForMore(site: Site, { limit, why }: Over, ifDenied = END): Promise<"allow" | "deny" | "none"> {
  const { ledger } = site;
  const open = ledger.run.gates.find((gate) => gate.type === "budget" && gate.target === limit && gate.state.kind === "open");
  if (open !== undefined) return (await answered(ledger, open.id, site.halt)).kind;
  const shown = `${why} Allow: ${limit === "price" ? "it goes on, bounded by its other limits only" : MORE}. Deny: ${ifDenied}`;
  const gate = await raised(ledger, { type: "budget", target: limit, why, shown, ifDenied });
  await ledger.append(gate.event);
  return (await answered(ledger, gate.gate, site.halt)).kind;
}
