// The one workshop of a run and its borders. A border kills every process, sweeps the throw-away layer, remakes the
// agent's git directory and starts the next workshop; the start is awaited by the first call, not by the border.
import { HumanError } from "../core/error.js";
import type { Contact } from "../sandbox/sandbox.js";
import type { Carried, ToolCall, ToolResult, Workshop } from "../sandbox/workshop.js";
import { Opening } from "./opening.js";

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

/** `unstarted`: the walls could not be put up, twice; `why` is a whole sentence for a person. */
export type ShopResult = ToolResult | { readonly kind: "unstarted"; readonly why: string };

const FAREWELL_MS = 2_000;
/** Two: what changes under the walls while they are put up is settled a moment later. */
const STARTS = 2;

export class Shop {
  readonly #tools: ShopTools;
  #tree: Tree = "layer";
  #opening: Opening | undefined;
  /** Resolves when nothing is left of the workshops that were given up. */
  #gone: Promise<void> = Promise.resolve();
  #carried: Carried | undefined;
  /** Hosts that workshops reached or were refused whose end nobody has asked about yet. */
  #contacts: Contact[] = [];
  /** Why calls are refused until the run is at rest again. */
  #killed: string | undefined;
  #shut = false;

  constructor(tools: ShopTools) {
    this.#tools = tools;
  }

  get tree(): Tree {
    return this.#tree;
  }

  /** Starts the next workshop without waiting for it; what was open before is given up. */
  open(tree: Tree): void {
    this.#giveUp();
    this.#tree = tree;
    if (this.#shut) return;
    this.#killed = undefined;
    this.#opening = this.#begin();
  }

  /** Where no workshop is open, one is started. After a kill every call is lost until the run was `atRest`. */
  async call(call: ToolCall): Promise<ShopResult> {
    for (let starts = 1; ; starts += 1) {
      if (this.#killed !== undefined) return { kind: "lost", why: this.#killed };
      const opening = (this.#opening ??= this.#begin());
      try {
        const workshop = await opening.ready();
        if (workshop === undefined) return { kind: "lost", why: this.#killed ?? "the workshop was closed" };
        const result = await workshop.call(call);
        if (result.kind !== "lost") return result;
        if (this.#opening === opening) this.#giveUp();
        return { kind: "lost", why: this.#killed ?? result.why };
      } catch (error) {
        if (this.#opening === opening) this.#giveUp();
        if (!(error instanceof HumanError)) throw error;
        if (starts === STARTS) return { kind: "unstarted", why: error.message };
      }
    }
  }

  /** Hosts that were reached or refused since the last time. */
  async contacts(): Promise<readonly Contact[]> {
    // A workshop that failed to start reached nothing.
    const workshop = await this.#opening?.ready().catch(() => undefined);
    const now = (await workshop?.contacts()) ?? [];
    const before = this.#contacts;
    this.#contacts = [];
    return [...before, ...now];
  }

  /** Ends the workshop for good; the caller opens the next one. Sweeps the throw-away layer when that is what it had. */
  async border(): Promise<Border> {
    const ended = await this.close();
    const discarded = this.#tree === "layer" ? await this.#tools.sweep() : { paths: [], total: 0 };
    return { ended, discarded };
  }

  /** As a border, but what the layer holds stays for the caller to look at. Afterwards nothing of any workshop is left. */
  async close(): Promise<readonly string[]> {
    // A workshop that failed to start has nothing to say.
    const workshop = await this.#opening?.ready().catch(() => undefined);
    const farewell = workshop === undefined ? undefined : await Promise.race([workshop.farewell().catch(() => undefined), after(FAREWELL_MS)]);
    if (farewell !== undefined) this.#carried = farewell.carried;
    this.#giveUp();
    await this.#gone;
    return farewell?.processes ?? [];
  }

  /**
   * At once: every process of the workshop dies, and the running call and all that come before the run is at rest are
   * answered as lost with this reason. Resolves when nothing is left.
   */
  kill(why: string): Promise<void> {
    this.#killed ??= why;
    this.#giveUp();
    return this.#gone;
  }

  /** As `kill`, and nothing is ever started again. */
  shut(why: string): Promise<void> {
    this.#shut = true;
    return this.kill(why);
  }

  /** What made somebody kill the workshop was taken into account: the next call may be judged and run. */
  atRest(): void {
    if (!this.#shut) this.#killed = undefined;
  }

  #begin(): Opening {
    const tree = this.#tree;
    return new Opening(this.#gone, () => this.#tools.start(tree, this.#carried));
  }

  #giveUp(): void {
    if (this.#opening === undefined) return;
    const ending = this.#opening.end().then((contacts) => { this.#contacts.push(...contacts); });
    this.#opening = undefined;
    this.#gone = Promise.all([this.#gone, ending]).then(() => undefined);
    // Whoever starts or closes next meets a failure to kill; nothing may run beside what could not be killed.
    this.#gone.catch(() => undefined);
  }
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}
