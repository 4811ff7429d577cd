// Room for one more turn: what was spent, plus what the next turn may cost at list price, must fit the limits in force;
// else the reply's length is cut, else a person is asked. Only a person raises a limit, by answering that gate.
import type { Leave } from "../agent/workbench.js";
import { sizeOf } from "../agent/models.js";
import { affordableTokens, parsePrices } from "../agent/prices.js";
import type { Run } from "../core/run/run.js";
import { answered, raised } from "./gate.js";
import type { Site } from "./site.js";

/** Below this a reply cannot hold a useful tool call. */
const LEAST_REPLY_TOKENS = 1_024;
/** What a reply gets where nothing forbids it: room for a whole file, and not so much that a runaway reply costs dearly. */
const REPLY_TOKENS = 32_000;

type Limit = "usd" | "tokens" | "hours" | "steps";

export async function room(site: Site, estimatedInput: number): Promise<Leave> {
  const { ledger } = site;
  for (;;) {
    const { run } = ledger;
    const model = run.spec.model.name;
    const most = Math.min(REPLY_TOKENS, sizeOf(model).output);
    const fits = fit(run, estimatedInput, most);
    if (fits.kind === "fits") return { kind: "go", maxTokens: fits.maxTokens, model };
    const answer = await askForMore(site, fits.limit, fits.why);
    if (site.halt.aborted) return { kind: "end", end: { kind: "stopped", why: "a person stopped the run" } };
    if (answer !== "allow") return { kind: "end", end: { kind: "stopped", why: fits.why } };
  }
}

function fit(run: Run, input: number, most: number): { readonly kind: "fits"; readonly maxTokens: number } | { readonly kind: "over"; readonly limit: Limit; readonly why: string } {
  const { usage } = run.spent;
  const usedTokens = usage.input + usage.output + usage.cacheRead + usage.cacheWrite;
  const over = (limit: Limit, why: string) => ({ kind: "over", limit, why }) as const;
  const hours = limitOf(run, "hours");
  if (hours !== undefined && run.spent.workedMs >= hours * 3_600_000) return over("hours", `The limit of ${String(hours)} hours of work is reached.`);
  const steps = limitOf(run, "steps");
  if (steps !== undefined && run.spent.steps >= steps) return over("steps", `The limit of ${String(steps)} steps is reached.`);
  let maxTokens = most;
  const tokens = limitOf(run, "tokens");
  if (tokens !== undefined) {
    maxTokens = Math.min(maxTokens, Math.floor(tokens - usedTokens - input));
    if (maxTokens < LEAST_REPLY_TOKENS) return over("tokens", `The limit of ${String(tokens)} tokens leaves no room for another turn (${String(usedTokens)} used).`);
  }
  const usd = limitOf(run, "usd");
  const prices = parsePrices(run.spec.prices);
  if (usd !== undefined && prices.kind === "ok") {
    const affordable = affordableTokens(run.spec.model.name, input, usd - run.spent.usd, prices.prices);
    // An unknown price cannot be kept to: that was said at the start, and tokens, steps and hours still bound the run.
    if (affordable !== undefined) maxTokens = Math.min(maxTokens, affordable);
    if (maxTokens < LEAST_REPLY_TOKENS) return over("usd", `The limit of $${usd.toFixed(2)} leaves no room for another turn ($${run.spent.usd.toFixed(2)} spent).`);
  }
  return { kind: "fits", maxTokens };
}

// Each allowed budget gate of a limit adds that limit once more.
function limitOf(run: Run, limit: Limit): number | undefined {
  const base = run.spec.policy.values[`limits.${limit}`];
  if (base === undefined) return undefined;
  const raisedTimes = run.gates.filter((gate) => gate.type === "budget" && gate.target === limit && gate.state.kind === "answered" && gate.state.answer === "allow").length;
  return base * (1 + raisedTimes);
}

async function askForMore(site: Site, limit: Limit, why: string): Promise<"allow" | "deny" | "none"> {
  const { ledger } = site;
  const open = ledger.run.gates.find((gate) => gate.type === "budget" && gate.target === limit && gate.state.kind === "open");
  if (open !== undefined) return (await answered(ledger, open.id, site.halt)).kind;
  const shown = `${why} Allow: the run may use the same again. Deny: it ends here, and what it did can be reviewed.`;
  const gate = await raised(ledger, { type: "budget", target: limit, why, shown, ifDenied: "The run ends here, ready to review." });
  await ledger.append(gate.event);
  return (await answered(ledger, gate.gate, site.halt)).kind;
}
