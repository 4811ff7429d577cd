// The walls on Linux and WSL2: bubblewrap, its tree composed beforehand in a private mount namespace, behind a filter of
// system calls. It must never start a program that is not confined, nor before the self-test has passed.
import { spawn as spawnProcess } from "node:child_process";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { z } from "zod";
import { HumanError } from "../core/error.js";
import { beginning } from "./begin.js";
import { bubblewrapArguments, INNER_HOME, secretsOf, type View } from "./bubblewrap-arguments.js";
import { checkWalls } from "./check-walls.js";
import { composition, LAUNCHER } from "./compose.js";
import { copyLayers } from "./copy-layers.js";
import { hostsEngine, type Engine } from "./hosts/engine.js";
import { entering, openNetwork } from "./hosts/entrance.js";
import { exitOf, firstTextOf, textOf } from "./launched.js";
import { remedyFor } from "./remedy.js";
import type { Confined, Sandbox, SelfTest, Walls } from "./sandbox.js";
import { seccompFilter, type Processor } from "./seccomp.js";
import { runSelfTest, type Start } from "./self-test.js";
import { PROXIES, testHosts } from "./self-test-hosts.js";
import { findToolchains } from "./toolchains.js";

export interface BubblewrapOptions {
  /** Host folders that must never be visible besides the worktree itself: the checkout, the state folder. Absolute. */
  readonly never?: readonly string[];
  /** A folder on the file system where layers will lie; the self-test tries an overlay there. Default: the temporary folder. */
  readonly layersFolder?: string;
  /** Makes every layer a plain copy, as where no overlay can be mounted. */
  readonly copiesOnly?: boolean;
  /** The Node offered inside. Default: the one that runs this program. */
  readonly node?: string;
  /** Default: the environment's PATH. */
  readonly path?: string;
  readonly home?: string;
  /** Absolute path of the program with the proxies. Without it no host is ever opened. */
  readonly hostsScript?: string;
}

/** Never rejects for what the machine lacks: `selfTest` says it, with the remedy, and `spawn` then refuses. */
export function bubblewrapSandbox(options: BubblewrapOptions = {}): Sandbox {
  const start = starter(options);
  let overlays = options.copiesOnly !== true;
  let verdict: Promise<SelfTest> | undefined;
  let hostsVerdict: Promise<SelfTest> | undefined;

  const folder = (): string => {
    const layers = options.layersFolder ?? tmpdir();
    mkdirSync(layers, { recursive: true });
    return layers;
  };
  const verify = async (): Promise<SelfTest> => {
    const result = await runSelfTest("bubblewrap", start, folder());
    overlays = result.overlays && options.copiesOnly !== true;
    return result.selfTest;
  };
  const verified = (): Promise<SelfTest> => (verdict ??= verify());
  const verifyHosts = async (): Promise<SelfTest> => {
    const test = await verified();
    const backend = `bubblewrap with ${PROXIES}`;
    if (!test.passed) return { ...test, backend };
    return testHosts(backend, (walls, command) => start(walls, command, false), folder(), async (hosts) => (await runSelfTest(backend, start, folder(), hosts)).selfTest);
  };
  const hostsVerified = (): Promise<SelfTest> => (hostsVerdict ??= verifyHosts());

  return {
    name: "bubblewrap",
    mounts: true,
    get layersAreOverlays() {
      return overlays;
    },
    rootInside: ({ root }) => root,
    selfTest: verified,
    hostsTest: hostsVerified,
    async spawn(walls, command) {
      const test = await (opensHosts(walls) ? hostsVerified() : verified());
      if (!test.passed) throw new HumanError(test.remedy ?? "Nothing can be confined on this machine: the sandbox's self-test failed.");
      return start(walls, command, overlays);
    },
  };
}

function starter(options: BubblewrapOptions): Start {
  const home = options.home ?? homedir();
  const foreign = new Map<string, boolean>();
  const node = realpathSync(options.node ?? process.execPath);
  const engine = options.hostsScript === undefined ? undefined : hostsEngine({ script: options.hostsScript, node });
  let view: View | undefined;

  return async (walls, command, overlays) => {
    const processor = process.arch;
    if (processor !== "x64" && processor !== "arm64") {
      throw new HumanError(`Commands cannot be confined on a ${processor} processor: the filter of system calls knows x64 and arm64 only.`);
    }
    view ??= makeView(options, home);
    const checked = checkWalls(walls, home);
    const copied = await copyLayers(checked, overlays, foreign);
    const operations = composition(checked, copied);
    const inner = [...bubblewrapArguments(checked, view, operations.length > 0), ...beginning(checked, command)];
    const launcher = ["/bin/bash", "--noprofile", "--norc", "-c", LAUNCHER, "vigil-walls", ...operations, "--", ...inner];
    const outer = [view.bubblewrap, "--dev-bind", "/", "/", "--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL", "--die-with-parent"];
    if (!opensHosts(checked)) return begin(operations.length > 0 ? [...outer, "--", ...launcher] : launcher, processor);
    if (engine === undefined) throw new HumanError("Hosts cannot be opened by this program: it has no proxies. Run the command through vigil itself.");
    return begin([...outer, "--unshare-net", "--", ...entering(node, launcher)], processor, { engine, hosts: checked.hosts ?? [] });
  };
}

function opensHosts(walls: Walls): boolean {
  return walls.hosts !== undefined && walls.hosts.length > 0;
}

function makeView(options: BubblewrapOptions, home: string): View {
  const path = options.path ?? process.env["PATH"] ?? "";
  const bubblewrap = findProgram("bwrap", path);
  if (bubblewrap === undefined || !existsSync("/bin/bash")) throw new HumanError(remedyFor(bubblewrap === undefined ? "bwrap: not found" : "bash: not found"));
  const never = (options.never ?? []).map((folder) => (existsSync(folder) ? realpathSync(folder) : folder));
  return {
    bubblewrap,
    user: process.getuid?.() ?? 0,
    group: process.getgid?.() ?? 0,
    toolchains: findToolchains({ path, home, innerHome: INNER_HOME, node: realpathSync(options.node ?? process.execPath), never }),
    secrets: secretsOf("/etc"),
    never,
  };
}

/** System folders first: a program of that name that lies elsewhere on PATH must not become the wall. */
export function findProgram(name: string, path: string): string | undefined {
  const folders = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", ...path.split(delimiter)];
  return folders.filter((folder) => folder.startsWith("/")).map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Whom the program's network is handed to, and what may be reached through it. */
interface Network {
  readonly engine: Engine;
  readonly hosts: readonly string[];
}

const statusSchema = z.object({ "child-pid": z.number().int().positive() });

/** Starts the launcher and waits until the confined program is about to run. */
async function begin(command: readonly string[], processor: Processor, network?: Network): Promise<Confined> {
  const [program = "", ...rest] = command;
  // The environment of these processes can be read inside through /proc, so there is none.
  const child = spawnProcess(program, rest, {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    cwd: "/",
    stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", "pipe", ...(network === undefined ? [] : (["ipc"] as const))],
  });
  const streams: readonly unknown[] = child.stdio;
  const [stdin, filter] = [0, 3].map((n) => streams[n]);
  const [stdout, stderr, status, ready] = [1, 2, 4, 5].map((n) => streams[n]);
  if (!(stdin instanceof Writable && filter instanceof Writable)) throw new Error("a pipe to the sandbox is missing");
  if (!(stdout instanceof Readable && stderr instanceof Readable && status instanceof Readable && ready instanceof Readable)) {
    throw new Error("a pipe from the sandbox is missing");
  }
  // Read from the first moment on: when a program has ended before anybody reads, Node throws away what it said.
  const output = stdout.pipe(new PassThrough());
  const complaints = stderr.pipe(new PassThrough());
  const exited = exitOf(child);
  const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  // A start that fails closes its ends early; its text on standard error says why.
  for (const stream of [stdin, filter]) stream.on("error", () => undefined);
  filter.end(seccompFilter(processor));

  const told = textOf(status);
  const said = firstTextOf(ready);
  const opened = network === undefined ? undefined : await openNetwork(child, network.engine, network.hosts);
  if (opened !== undefined) void exited.then(() => opened.shut());
  const word = await Promise.race([said, failed]);
  if (word !== "ready\n") {
    const why = word === "" ? (await textOf(complaints)).trim() : word;
    if (word === "") await exited;
    throw new HumanError(remedyFor(why === "" ? "the sandbox ended without a word" : why));
  }
  const pid = statusSchema.parse(JSON.parse(await told))["child-pid"];
  return {
    stdin,
    stdout: output,
    stderr: complaints,
    pid: child.pid ?? pid,
    exited,
    kill: () => killTree(pid, exited),
    contacts: () => opened?.contacts() ?? Promise.resolve([]),
  };
}

/**
 * `pid` is the first process of the sandbox's own process namespace. The kernel ends all others with it, and reports it
 * as ended to bubblewrap only when none is left; bubblewrap's end is therefore the proof.
 */
async function killTree(pid: number, exited: Confined["exited"]): Promise<void> {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
  await exited;
}
