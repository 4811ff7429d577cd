// One process, one run. Takes the run's lock, folds what people asked, and works as a clerk (never calls a model) or a
// worker. This is the one place that makes things; every other part is handed what it needs.
import { hostname } from "node:os";
import path from "node:path";
import { HumanError } from "../core/error.js";
import { LOG_FORMAT } from "../core/log/lifecycle.js";
import { changesAsked, mayGoOn } from "../core/review/asked.js";
import { count } from "../core/run/amounts.js";
import type { Sha } from "../core/log/parts.js";
import { modelClient } from "../agent/model.js";
import { findRepository } from "../git/repository.js";
import { clearTemporaryIndexes } from "../git/temporary-index.js";
import { planWorktree } from "../git/worktree.js";
import { detectSandbox } from "../sandbox/detect.js";
import { endLeftOver } from "../sandbox/left-over.js";
import { startWorkshop } from "../sandbox/start-workshop.js";
import { fileStore } from "../store/file-store.js";
import { Places } from "../store/places.js";
import type { RunWriter, Store } from "../store/store.js";
import { adopt } from "./adopt.js";
import { cut } from "./cut.js";
import { DaySpend } from "./day-spend.js";
import { Desk } from "./desk.js";
import { endAsFailed } from "./end-as-failed.js";
import { freshWalls } from "./fresh-walls.js";
import { Guard } from "./goals/guard.js";
import { Repeats } from "./goals/repeats.js";
import { Halt, Leaving, stopWhy } from "./halt.js";
import { HostSupport } from "./host-support.js";
import { wantsHosts } from "./hosts.js";
import { healInterrupted } from "./landing/interrupted.js";
import { landRun, unlandRun } from "./landing/land-run.js";
import { Ledger } from "./ledger.js";
import { LivePolicy } from "./live-policy.js";
import { testWalls } from "./prepare.js";
import { emptyLayer } from "./proposals.js";
import { recover } from "./recover.js";
import { RunPlace } from "./run-place.js";
import type { Secrets } from "./secrets.js";
import { Shop, type ShopTools } from "./shop.js";
import type { Site } from "./site.js";
import { awaitStart } from "./start-time.js";
import { carryOutStop, stopAtRest } from "./stop.js";
import { Tending } from "./tending.js";
import { openTreeShop } from "./tree-shop/tree-shop.js";
import { isWithoutCommands } from "./without-commands.js";
import { work } from "./work.js";

export interface RunnerOptions {
  readonly runsFolder: string;
  readonly run: string;
  readonly role: "worker" | "clerk";
  readonly secrets: Secrets;
  /** Path of the workshop's bundle, beside the runner's. */
  readonly workshopScript: string;
  /** Path of the bundle with the proxies for allowed hosts, beside it. */
  readonly hostsScript: string;
  readonly version: string;
  /** Aborts on SIGTERM: the runner leaves as after a crash, with nothing half written. */
  readonly signal: AbortSignal;
}

const REWORK = "What was done so far is in the worktree. Make what is asked for in new decisions on top of it, then call finish again.";

/** What the log keeps of a fault's words, in characters. */
const WORDS = 500;

/** Runs to the end of its role. Resolves at once when another process holds the run. */
export async function runRunner(options: RunnerOptions): Promise<void> {
  const store = fileStore(options.runsFolder);
  const taken = await store.write(options.run, Date.now);
  if (taken.kind === "held") return;
  const { writer } = taken;
  try {
    await serve(options, store, writer);
  } finally {
    await writer.close();
  }
}

async function serve(options: RunnerOptions, store: Store, writer: RunWriter): Promise<void> {
  const { secrets } = options;
  const ledger = new Ledger(writer, [secrets.apiKey, secrets.authToken].filter((secret) => secret !== undefined));
  const first = !ledger.started;
  if (first) await start(ledger, writer, options);
  await ledger.append({
    kind: "runner.started",
    role: options.role,
    pid: process.pid,
    host: hostname(),
    version: options.version,
    ...(secrets.baseUrl === undefined ? {} : { baseUrl: secrets.baseUrl }),
  });
  try {
    if (writer.repaired !== undefined) await ledger.append({ kind: "log.repaired", bytes: writer.repaired.bytes, aside: writer.repaired.aside });
    await attend(options, store, writer, ledger, first);
    await writer.leaveAtRest(ledger.events, ledger.run);
  } catch (error) {
    await leaveWith(ledger, error);
  }
}

async function attend(options: RunnerOptions, store: Store, writer: RunWriter, ledger: Ledger, first: boolean): Promise<void> {
  const halt = new Halt();
  const site = await siteOf(options, store, ledger, halt.signal, () => settle());
  const live = new LivePolicy();
  const settle = async (): Promise<void> => {
    // First, because what it narrows may be for the desk to carry out.
    if (working) await live.look(site);
    await desk.settle();
  };
  let working = false;
  let stopped = false;
  const fail = (error: unknown): void => {
    halt.fail(error instanceof Error ? error : new Error(String(error)));
  };
  const desk: Desk = new Desk(
    site,
    writer,
    {
      land: async (command) => {
        await landRun(site, { onto: command.onto, confirm: command.confirm, by: { kind: "person", person: command.by } });
      },
      unland: (command) => unlandRun(site, command.by),
      stop: async (why) => {
        stopped = true;
        if (working) halt.stop(why);
        else await stopAtRest(site, why);
      },
      fail,
    },
    () => working && ledger.run.phase.kind !== "ended",
  );
  const killed = (): void => {
    site.shop.shut("the run was stopped").catch(fail);
  };
  halt.signal.addEventListener("abort", killed);
  ledger.lost.addEventListener("abort", () => { fail(ledger.lost.reason); });
  const leave = (): void => {
    ledger.shut(new Leaving());
    halt.fail(new Leaving());
  };
  options.signal.addEventListener("abort", leave);
  if (options.signal.aborted) leave();
  try {
    // A clerk runs no tool. What recovery opens for the next call would keep its process alive for ever.
    if (options.role === "clerk") await site.shop.shut("a clerk runs no tool");
    await healInterrupted(site);
    if (!first) await clearLeftOver(site);
    if (!first && (ledger.run.phase.kind !== "ended" || (options.role === "worker" && worksOn(ledger)))) await recover(site);
    const interrupted = await carryOutStop(site);
    await desk.drain();
    if (options.role === "worker" && !interrupted && !stopped && worksOn(ledger)) {
      if (ledger.run.phase.kind === "ended") await takeUp(ledger);
      working = true;
      const watch = writer.watchInbox(() => void desk.drain().catch(fail));
      const tending = new Tending(site, fail);
      try {
        await shift(options, store, site);
      } catch (error) {
        await endAsFailed(site, error);
        throw error;
      } finally {
        await site.shop.shut("the runner is leaving");
        await tending.end(options.signal);
        watch.dispose();
        working = false;
      }
    }
    await desk.drain();
    await desk.landAllowed();
    await ledger.append({ kind: "runner.ended", why: "done" });
  } finally {
    // A worker too may have recovered the run and then not worked on it.
    await site.shop.shut("the runner is leaving");
  }
}

// Only a process that was killed says nothing, so that a log in which two began and none ended tells of a kill.
async function leaveWith(ledger: Ledger, error: unknown): Promise<void> {
  if (error instanceof Leaving) return ledger.lastWord({ kind: "runner.ended", why: "asked to leave" });
  // A command may still be on its way into the log: it stays in the inbox for the next process.
  ledger.shut(new Leaving());
  const said = ledger.lost.aborted || ledger.events.at(-1)?.kind === "runner.ended";
  // Settled either way: what failed may be the log, and the fault speaks for itself.
  if (!said) await Promise.allSettled([ledger.lastWord({ kind: "runner.ended", why: cut(`a fault: ${error instanceof Error ? error.message : String(error)}`, WORDS) })]);
  throw error;
}

async function start(ledger: Ledger, writer: RunWriter, options: RunnerOptions): Promise<void> {
  const item = (await writer.inbox()).find((candidate) => candidate.kind === "posted" && candidate.body.kind === "start");
  if (item?.kind !== "posted" || item.body.kind !== "start") throw new HumanError(`The run ${options.run} has no start in its inbox, so there is nothing to do. Start a new one: vigil run "<task>".`);
  await ledger.append({ kind: "run.started", format: LOG_FORMAT, version: options.version, run: options.run, command: item.id, spec: item.body.spec });
  await writer.consume(item.id);
}

// A worker is asked for by a person: it goes on with what failed, was stopped or shall be changed, never with what landed,
// and with what is paused only after the command to resume it.
function worksOn(ledger: Ledger): boolean {
  const { run } = ledger;
  return run.phase.kind === "ended" ? mayGoOn(run) : run.phase.kind !== "paused";
}

/** What a killed process of this run left: walls that wait to begin, and git's temporary files. */
async function clearLeftOver({ worktree }: Site): Promise<void> {
  await endLeftOver(worktree.home);
  await clearTemporaryIndexes(worktree);
}

/** A run that had ended works again, and hears what was asked of it meanwhile. */
async function takeUp(ledger: Ledger): Promise<void> {
  const asked = changesAsked(ledger.run);
  const words = asked.map(({ target, comment, by }) => `${by.kind === "person" ? by.person.name : "Policy"} asks for a change of ${target}: ${comment}`);
  const told = asked.length === 0 ? [] : [{ kind: "message.added" as const, from: "person" as const, text: (await ledger.keep([...words, REWORK].join("\n"))).id }];
  await ledger.append({ kind: "run.unpaused", why: asked.length === 0 ? "a person resumed the run" : `a person asked for ${count(asked.length, "change")}` }, ...told);
}

async function shift(options: RunnerOptions, store: Store, site: Site): Promise<void> {
  const { ledger } = site;
  // What was adopted is written down in a moment and calls no model: it waits for nobody.
  if (ledger.run.spec.adopts === undefined) {
    await awaitStart(site);
    await site.place.hold(site);
    if (site.halt.aborted) return stopAtRest(site, stopWhy(site.halt));
  }
  const test = await testWalls(site);
  // A run that began without commands needs no walls; any other one never goes on without them.
  if (!test.passed && !isWithoutCommands(site)) {
    await ledger.append({ kind: "run.paused", why: `Nothing can be confined on this machine now, so the run does not go on. ${test.remedy ?? "See what is missing: vigil doctor."} Then: vigil resume ${ledger.run.id}.` });
    return;
  }
  if (test.passed && wantsHosts(site)) await site.hosts.test(site);
  if (ledger.run.spec.adopts !== undefined) return adopt(site, store);
  const { secrets } = options;
  const baseUrl = secrets.baseUrl ?? ledger.run.spec.model.baseUrl;
  const model = modelClient({
    ...(secrets.apiKey === undefined ? {} : { apiKey: secrets.apiKey }),
    ...(secrets.authToken === undefined ? {} : { authToken: secrets.authToken }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
  await work(site, model);
}

async function siteOf(options: RunnerOptions, store: Store, ledger: Ledger, halt: AbortSignal, settle: () => Promise<void>): Promise<Site> {
  const { spec } = ledger.run;
  const repository = await findRepository(spec.repository.root);
  const worktree = planWorktree({ runFolder: path.join(options.runsFolder, options.run), worktreesFolder: path.dirname(path.dirname(spec.worktree)), run: options.run });
  const sandbox = await detectSandbox({
    // The checkout's secrets, and all that belongs to other runs, are nobody's business in there.
    never: [repository.root, repository.commonDir, path.dirname(path.dirname(worktree.home))],
    layersFolder: worktree.home,
    hostsScript: options.hostsScript,
  });
  const day = new DaySpend(store, options.run);
  const guard = new Guard();
  const site: Site = {
    ledger,
    repository,
    worktree,
    sandbox,
    hosts: new HostSupport(),
    watchGoals: (what) => guard.look(site, what),
    repeats: new Repeats(),
    place: new RunPlace(new Places(options.runsFolder, options.run)),
    now: Date.now,
    halt,
    settle,
    spentToday: () => day.usd(ledger.events),
    shop: new Shop(spec.withoutCommands === undefined ? confinedTools(() => site, options.workshopScript) : treeTools(() => site)),
  };
  return site;
}

function confinedTools(site: () => Site, script: string): ShopTools {
  return {
    start: async (tree, carried) => startWorkshop(site().sandbox, await freshWalls(site(), tree), { script, node: process.execPath, ...(carried === undefined ? {} : { carried }) }),
    sweep: () => emptyLayer(site()),
  };
}

// Writes outside a decision are refused by the judge, and there is no shell to make others: a border finds nothing.
function treeTools(site: () => Site): ShopTools {
  const tree = (): Sha => site().ledger.run.tree ?? site().ledger.run.spec.base;
  return {
    start: () => Promise.resolve(openTreeShop({ worktree: site().worktree, hidden: site().ledger.run.spec.policy.values.hidden, tree })),
    sweep: () => Promise.resolve({ paths: [], total: 0 }),
  };
}
