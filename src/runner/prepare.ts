// Before the first model call: the walls are tested, the worktree is made, the set-up runs once, and the required checks
// run on the base, so that a check that cannot run is said before money is spent. Each part is done once and is logged.
import type { Gate } from "../core/run/run.js";
import { writesWorktree } from "../core/stage.js";
import type { SelfTest } from "../sandbox/sandbox.js";
import { erase } from "../git/erase.js";
import { createWorktree } from "../git/worktree.js";
import { snapshot } from "../git/snapshot.js";
import { compareTrees } from "../git/compare.js";
import { lockDigest } from "../git/dependencies.js";
import { ignoredFolders } from "../git/ignored.js";
import { runConfined } from "../sandbox/run-command.js";
import { receiptFor, runChecks } from "./checks.js";
import { keepSetup, keptSetup } from "./dependencies.js";
import { freshWalls } from "./fresh-walls.js";
import { answered, raised } from "./gate.js";
import { contactEvents, setupHosts } from "./hosts.js";
import type { Site } from "./site.js";
import { isWithoutCommands } from "./without-commands.js";

const SETUP_OUTPUT_CAP = 256 * 1024;

/** Tests the walls; the result is an event either way. */
export async function testWalls(site: Pick<Site, "ledger" | "sandbox">): Promise<SelfTest> {
  const test = await site.sandbox.selfTest();
  await site.ledger.append({
    kind: "sandbox.tested",
    backend: test.backend,
    passed: test.passed,
    probes: test.probes.map((probe) => ({ name: probe.name, passed: probe.passed, ...(probe.detail === undefined ? {} : { detail: probe.detail }) })),
    ms: Math.round(test.ms),
  });
  return test;
}

/** `old`: an earlier process of the run made it. */
export type WorktreeAge = "new" | "old";

/** Makes the worktree unless the log says that it was made; healing what a kill left. */
export async function makeWorktree(site: Site): Promise<WorktreeAge> {
  const { ledger, repository, worktree } = site;
  if (ledger.latest("worktree.created") !== undefined) return "old";
  const started = performance.now();
  const { run } = ledger;
  const made = await createWorktree(repository, worktree, run.spec.base, run.spec.policy.values["worktree.include"]);
  for (const text of made.notices) await ledger.append({ kind: "note.added", text });
  await ledger.append({ kind: "worktree.created", path: worktree.root, tree: made.tree, ms: Math.round(performance.now() - started) });
  return "new";
}

/**
 * Runs the policy's set-up command in the sandbox, once for each state of the lock files; later runs get what it made.
 * What it changes in tracked files belongs to no decision and is shown as unexplained.
 */
export async function setUp(site: Site, age: WorktreeAge): Promise<void> {
  const { ledger, worktree } = site;
  const command = ledger.run.spec.policy.values["worktree.setup"];
  if (command === undefined || isWithoutCommands(site) || ledger.latest("setup.finished") !== undefined) return;
  const before = ledger.run.tree ?? ledger.run.spec.base;
  const digest = await lockDigest(worktree, before);
  if ((await keptSetup(site, command, digest)) !== undefined) {
    const output = await ledger.keep("What an earlier run's set-up made for these lock files is used again.");
    await ledger.append({ kind: "setup.finished", command, lockDigest: digest, exit: 0, output: output.id, changed: [], tree: before, ms: 0 });
    return;
  }
  if (age === "old") await beginAnew(site);
  const walls = { ...(await freshWalls(site, "write")), hosts: await setupHosts(site) };
  const minutes = ledger.run.spec.policy.values["limits.checkMinutes"];
  const result = await runConfined(site.sandbox, walls, command, { timeoutMs: minutes * 60_000, signal: site.halt, outputCap: SETUP_OUTPUT_CAP });
  if (result.contacts.length > 0) await ledger.append(...contactEvents(result.contacts, { kind: "setup" }));
  // Broken off with the run: it is run again by whoever resumes.
  if (result.aborted) return;
  const after = (await snapshot(worktree)).tree;
  if (result.exit === 0) await keepSetup(site, command, digest, await ignoredFolders(worktree));
  const changed = after === before ? [] : (await compareTrees(worktree, before, after)).map((change) => change.path);
  const output = await ledger.keep(new TextDecoder().decode(result.output));
  await ledger.append({
    kind: "setup.finished",
    command,
    lockDigest: digest,
    exit: result.exit,
    output: output.id,
    changed,
    tree: after,
    ms: Math.round(result.ms),
  });
  if (result.exit !== 0) await ledger.append({ kind: "note.added", text: `The set-up command "${command}" ${result.notStarted === undefined ? `failed (exit ${String(result.exit)})` : `could not be started: ${result.notStarted}`}. The run goes on without it; checks may not run.` });
}

// The process before this one may have been killed in the middle of the set-up: what that left is told from nothing else,
// and a command that adds to what it finds would have added twice.
async function beginAnew({ ledger, repository, worktree }: Site): Promise<void> {
  for (const folder of [worktree.root, worktree.layers]) await erase(folder);
  await createWorktree(repository, worktree, ledger.run.spec.base, ledger.run.spec.policy.values["worktree.include"]);
  await ledger.append({ kind: "note.added", text: "The run's process ended before the set-up was over, so the worktree was made anew for it." });
}

/**
 * Runs the required checks on the base. A check that cannot run is a question to a person before the model is asked,
 * except at read-only, where nothing can land anyway.
 */
export async function checkBase(site: Site): Promise<"go" | "stop"> {
  const { ledger } = site;
  const tree = ledger.run.startTree ?? ledger.run.spec.base;
  const commands = ledger.run.spec.policy.values.requiredChecks;
  // What could not run may have been mended since: a resumed run tries again.
  const due = commands.filter((command) => (receiptFor(ledger.run.receipts, command, tree)?.outcome ?? "unable") === "unable");
  for (const event of await runChecks(site, due, "policy", { kind: "base", tree }, true)) await ledger.append(event);
  if (site.halt.aborted) return "stop";
  const unable = commands.map((command) => receiptFor(ledger.run.receipts, command, tree)).filter((receipt) => receipt?.outcome === "unable");
  if (unable.length === 0 || !writesWorktree(ledger.run.stage)) return "go";
  return askAboutChecks(site, unable.map((receipt) => `"${receipt?.command ?? ""}" (${receipt?.why ?? "no reason known"})`).join(", "));
}

async function askAboutChecks(site: Site, which: string): Promise<"go" | "stop"> {
  const { ledger } = site;
  const target = `required checks cannot run: ${which}`;
  const earlier = ledger.run.gates.find((gate) => gate.type === "question" && gate.target === target && isOpenOrAllowed(gate));
  if (earlier === undefined) {
    const why = `Required checks cannot run on the base: ${which}. Nothing can land until they do, and no money is spent yet. Allow: go on anyway. Deny: stop here and mend the check first.`;
    const gate = await raised(ledger, { type: "question", target, why, shown: why, ifDenied: "The run stops before the first model call." });
    await ledger.append(gate.event);
    return askAboutChecks(site, which);
  }
  const answer = await answered(ledger, earlier.id, site.halt);
  return answer.kind === "allow" ? "go" : "stop";
}

// A person who denied has mended something since, or else is asked anew.
function isOpenOrAllowed({ state }: Gate): boolean {
  return state.kind === "open" || state.kind === "parked" || (state.kind === "answered" && state.answer === "allow");
}
