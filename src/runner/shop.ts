// The one workshop of a run and its borders. A border kills every process, sweeps the throw-away layer, remakes the
// agent's git directory and starts the next workshop; the start is awaited by the first call, not by the border.
import type { Carried, ToolCall, ToolResult, Workshop } from "../sandbox/workshop.js";

/** What a workshop works in: the worktree itself, or a throw-away layer over it. */
export type Tree = "write" | "layer";

/** How the shop makes things; given by the runner, so that the shop knows no path and no policy. */
export interface ShopTools {
  start(tree: Tree, carried: Carried | undefined): Promise<Workshop>;
  /** Takes git-ignored files out of the throw-away layer into the worktree and discards the rest. */
  sweep(): Promise<{ readonly paths: readonly string[]; readonly total: number }>;
}

export interface Border {
  /** Processes that the border ended, as command lines. */
  readonly ended: readonly string[];
  /** What the throw-away layer held and lost. */
  readonly discarded: { readonly paths: readonly string[]; readonly total: number };
}

const FAREWELL_MS = 2_000;

export class Shop {
  readonly #tools: ShopTools;
  #tree: Tree = "layer";
  #workshop: Promise<Workshop> | undefined;
  #carried: Carried | undefined;
  #killed: string | undefined;

  constructor(tools: ShopTools) {
    this.#tools = tools;
  }

  get tree(): Tree {
    return this.#tree;
  }

  /** Starts the next workshop without waiting for it. */
  open(tree: Tree): void {
    this.#tree = tree;
    this.#killed = undefined;
    const starting = this.#tools.start(tree, this.#carried);
    // The first call meets the failure; until then it must not count as unhandled.
    starting.catch(() => undefined);
    this.#workshop = starting;
  }

  async call(call: ToolCall): Promise<ToolResult> {
    if (this.#killed !== undefined) return { kind: "lost", why: this.#killed };
    if (this.#workshop === undefined) this.open(this.#tree);
    const workshop = await this.#workshop;
    if (workshop === undefined) return { kind: "lost", why: "the workshop is closed" };
    const result = await workshop.call(call);
    if (result.kind === "lost" && this.#killed === undefined) this.#workshop = undefined;
    return result.kind === "lost" && this.#killed !== undefined ? { kind: "lost", why: this.#killed } : result;
  }

  /** Ends the workshop for good; the caller opens the next one. Sweeps the throw-away layer when that is what it had. */
  async border(): Promise<Border> {
    const ended = await this.#close();
    const discarded = this.#tree === "layer" ? await this.#tools.sweep() : { paths: [], total: 0 };
    return { ended, discarded };
  }

  /** As a border, but what the layer holds stays for the caller to look at. */
  async close(): Promise<readonly string[]> {
    return this.#close();
  }

  /** At once: every process of the workshop dies, and the running call is answered as lost with this reason. */
  async kill(why: string): Promise<void> {
    this.#killed = why;
    const workshop = await this.#settled();
    await workshop?.kill();
    this.#workshop = undefined;
  }

  async #close(): Promise<readonly string[]> {
    const workshop = await this.#settled();
    this.#workshop = undefined;
    if (workshop === undefined) return [];
    const farewell = await Promise.race([workshop.farewell().catch(() => undefined), after(FAREWELL_MS)]);
    if (farewell !== undefined) this.#carried = farewell.carried;
    await workshop.kill();
    return farewell?.processes ?? [];
  }

  // A workshop that failed to start is no workshop to close.
  async #settled(): Promise<Workshop | undefined> {
    return this.#workshop?.catch(() => undefined);
  }
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}
