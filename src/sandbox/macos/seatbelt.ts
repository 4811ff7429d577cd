// The walls on macOS: Seatbelt's `sandbox-exec` with a profile of our own, copies where Linux mounts, and a warden that ends
// what it began. It must never start a program that is not confined, nor before the self-test has passed, nor after the
// end of an earlier one could not be proved.
import { spawn as spawnProcess } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { HumanError } from "../../core/error.js";
import { READY_DESCRIPTOR } from "../bubblewrap-arguments.js";
import { beginning } from "../begin.js";
import { checkWalls } from "../check-walls.js";
import { hostsEngine, type Opened } from "../hosts/engine.js";
import { exitOf, firstTextOf, textOf } from "../launched.js";
import type { Confined, Sandbox, SelfTest, Walls } from "../sandbox.js";
import { PROXIES, testHosts } from "../self-test-hosts.js";
import { makeCopies } from "./copies.js";
import { openLoopback } from "./loopback.js";
import { machine, type Machine } from "./machine.js";
import { environment, placed } from "./place.js";
import { seatbeltProfile } from "./profile.js";
import { testSeatbelt, type SeatbeltStart } from "./self-test.js";
import { makeSupport, removeSupport } from "./support.js";
import { CLEAN, wardenProgram, withoutDescriptors } from "./warden.js";

export interface SeatbeltOptions {
  /** Host folders that must never be visible besides the worktree itself: the checkout, the state folder. Absolute. */
  readonly never?: readonly string[];
  /** Where layers will lie; the self-test is made there. Default: the temporary folder. */
  readonly layersFolder?: string;
  /** The Node offered inside. Default: the one that runs this program. */
  readonly node?: string;
  /** Default: the environment's PATH. */
  readonly path?: string;
  readonly home?: string;
  /** Absolute path of the program with the proxies. Without it no host is ever opened. */
  readonly hostsScript?: string;
}

export const SANDBOX_EXEC = "/usr/bin/sandbox-exec";
const BACKEND = "Seatbelt";
/** Within this time a warden proves the end, or it is not proved. Longer than the warden itself tries. */
const END_MS = 15_000;

/** Never rejects for what the machine lacks: `selfTest` says it, with the remedy, and `spawn` then refuses. */
export function seatbeltSandbox(options: SeatbeltOptions = {}): Sandbox {
  const start = starter(options);
  let verdict: Promise<SelfTest> | undefined;
  let hostsVerdict: Promise<SelfTest> | undefined;
  const folder = (): string => folderOf(options);
  const verified = (): Promise<SelfTest> => (verdict ??= testSeatbelt(BACKEND, start, folder()));
  const verifyHosts = async (): Promise<SelfTest> => {
    const test = await verified();
    const backend = `${BACKEND} with ${PROXIES}`;
    if (!test.passed) return { ...test, backend };
    return testHosts(backend, (walls, command) => start(walls, command, "sweep"), folder(), (hosts) => testSeatbelt(backend, start, folder(), hosts));
  };
  const hostsVerified = (): Promise<SelfTest> => (hostsVerdict ??= verifyHosts());
  return {
    name: BACKEND,
    mounts: false,
    layersAreOverlays: false,
    rootInside: (walls) => placed(real(walls)).root,
    selfTest: verified,
    hostsTest: hostsVerified,
    async spawn(walls, command) {
      const test = await (opensHosts(walls) ? hostsVerified() : verified());
      if (!test.passed) throw new HumanError(test.remedy ?? "Nothing can be confined on this machine: the sandbox's self-test failed.");
      return start(walls, command, "sweep");
    },
  };
}

function starter(options: SeatbeltOptions): SeatbeltStart {
  const home = options.home ?? homedir();
  const node = realpathSync(options.node ?? process.execPath);
  const engine = options.hostsScript === undefined ? undefined : hostsEngine({ script: options.hostsScript, node });
  const end = { unproved: false };
  let known: Promise<Machine> | undefined;

  return async (walls, command, mode) => {
    if (end.unproved) throw new HumanError(UNPROVED);
    if (!existsSync(SANDBOX_EXEC)) throw new HumanError(`Commands cannot be confined here: ${SANDBOX_EXEC} is missing, which every macOS has had so far. Report this with your version of macOS; until then only read-only without commands is offered.`);
    const { toolchains, git, never } = await (known ??= machine({ path: options.path ?? process.env["PATH"] ?? "", home, node, never: options.never ?? [] }));
    const outer = real(checkWalls(walls, home));
    await makeCopies(outer, confineCopy);
    const inner = placed(outer);
    if (opensHosts(inner) && engine === undefined) throw new HumanError("Hosts cannot be opened by this program: it has no proxies. Run the command through vigil itself.");
    const way = engine !== undefined && opensHosts(inner) ? await openLoopback(engine, inner.hosts ?? []) : undefined;
    const support = makeSupport(realpathSync(tmpdir()), { toolchains, git: git === undefined || inner.git === undefined ? undefined : { program: git, directory: inner.git.dir, root: inner.root } });
    try {
      const writes = [...(inner.tree.kind === "write" ? [inner.root] : []), ...(inner.git === undefined ? [] : [inner.git.dir]), support.home, support.temporary];
      const profile = seatbeltProfile({
        root: inner.root,
        programs: toolchains.shown.flatMap(({ from, at }) => [from, at]),
        // What lies beside the tree is the run's own, or other runs'.
        never: [...never, dirname(inner.root), dirname(outer.root)],
        reads: [inner.root, ...inner.reads, ...(inner.git?.borrows ?? []), support.folder],
        writes,
        hidden: inner.hidden,
        still: inner.readOnly,
        port: way?.port,
      });
      writeFileSync(support.profile, profile);
      const words = [...withoutDescriptors(READY_DESCRIPTOR), ...beginning(inner, command)];
      const line = [SANDBOX_EXEC, "-f", support.profile, node, "-e", wardenProgram(READY_DESCRIPTOR), `${process.pid}`, mode, ...words];
      return await begin(line, { env: environment(inner, toolchains, support, way?.port), cwd: inner.cwd ?? inner.root, end, proves: mode === "sweep", opened: way?.opened, left: () => removeSupport(support) });
    } catch (error) {
      await way?.opened.shut();
      await removeSupport(support);
      throw error;
    }
  };
}

function confineCopy(from: string, to: string): readonly string[] {
  const profile = seatbeltProfile({ root: to, programs: [], never: [dirname(from), dirname(to)], reads: [from], writes: [to], hidden: [], still: [], port: undefined });
  return [SANDBOX_EXEC, "-p", profile];
}

const UNPROVED =
  "Nothing more is confined by this process: a command ended the warden of its sandbox, and without it nobody can prove that none of its processes is left. Look for programs that you did not start (Activity Monitor, by start time) or log out and in again; then go on with vigil resume.";

interface Beginning {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Shared by all programs of one sandbox: once an end could not be proved, nothing is started any more. */
  readonly end: { unproved: boolean };
  /** False in the part of the self-test that must kill nothing. */
  readonly proves: boolean;
  readonly opened: Opened | undefined;
  /** To be called once nothing is left. */
  readonly left: () => Promise<void>;
}

/** Starts the warden and waits until the confined program is about to run. */
async function begin([program = "", ...words]: readonly string[], how: Beginning): Promise<Confined> {
  const child = spawnProcess(program, words, { env: how.env, cwd: how.cwd, detached: true, stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", "pipe"] });
  const streams: readonly unknown[] = child.stdio;
  const [stdin, lifeline] = [0, 3].map((n) => streams[n]);
  const [stdout, stderr, verdict, ready] = [1, 2, 4, 5].map((n) => streams[n]);
  if (!(stdin instanceof Writable && lifeline instanceof Writable)) throw new Error("a pipe to the sandbox is missing");
  if (!(stdout instanceof Readable && stderr instanceof Readable && verdict instanceof Readable && ready instanceof Readable)) throw new Error("a pipe from the sandbox is missing");
  // Read from the first moment on: when a program has ended before anybody reads, Node throws away what it said.
  const output = stdout.pipe(new PassThrough());
  const complaints = stderr.pipe(new PassThrough());
  for (const stream of [stdin, lifeline]) stream.on("error", () => undefined);
  const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  const said = textOf(verdict);
  // Before that it runs no program of anybody's, so there is nothing to prove.
  let begun = false;
  const exited = exitOf(child).then(async (exit) => {
    // Held open by nobody but the warden: what stands in it was said by the warden.
    const proved = !how.proves || (await said) === CLEAN || !begun;
    if (!proved) {
      how.end.unproved = true;
      signal(-(child.pid ?? 0), "SIGKILL");
    }
    await how.opened?.shut();
    if (proved) await how.left();
    return exit;
  });
  const word = await Promise.race([firstTextOf(ready), failed]);
  begun = word === "ready\n";
  if (!begun) {
    const why = word === "" ? (await textOf(complaints)).trim() : word;
    lifeline.destroy();
    if (child.pid !== undefined) await exited;
    throw new HumanError(`Commands could not be confined (${lastLine(why)}). Run \`vigil doctor\` for what this machine lacks, or keep the run at read-only without commands.`);
  }
  return {
    stdin,
    stdout: output,
    stderr: complaints,
    pid: child.pid ?? 0,
    exited,
    async kill() {
      lifeline.destroy();
      // One that was stopped cannot act on it.
      signal(child.pid ?? 0, "SIGCONT");
      const late = setTimeout(() => { signal(child.pid ?? 0, "SIGKILL"); }, END_MS);
      await exited;
      clearTimeout(late);
      if (how.end.unproved) throw new HumanError(UNPROVED);
    },
    contacts: () => how.opened?.contacts() ?? Promise.resolve([]),
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  // Zero would mean this process's own group.
  if (pid === 0) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}

function lastLine(said: string): string {
  const line = said.split("\n").at(-1) ?? "";
  return line === "" ? "the sandbox ended without a word" : line.slice(0, 300);
}

function opensHosts(walls: Walls): boolean {
  return walls.hosts !== undefined && walls.hosts.length > 0;
}

function folderOf({ layersFolder }: SeatbeltOptions): string {
  const folder = layersFolder ?? tmpdir();
  mkdirSync(folder, { recursive: true });
  return realpathSync(folder);
}

/** The same walls by real paths, which are the only ones that Seatbelt compares. What does not exist is named below what does. */
function real(walls: Walls): Walls {
  const { tree, git } = walls;
  const root = realOf(walls.root);
  const inTree = (path: string): string => `${root}${path.slice(walls.root.length)}`;
  return {
    ...walls,
    root,
    tree: tree.kind === "layer" ? { ...tree, upper: realOf(tree.upper), work: realOf(tree.work), ...(tree.lower === undefined ? {} : { lower: realOf(tree.lower) }) } : tree,
    layers: walls.layers.map((layer) => ({ at: inTree(layer.at), lower: realOf(layer.lower), upper: realOf(layer.upper), work: realOf(layer.work) })),
    git: git === undefined ? undefined : { dir: realOf(git.dir), borrows: git.borrows.map(realOf) },
    hidden: walls.hidden.map(inTree),
    readOnly: walls.readOnly.map(inTree),
    reads: walls.reads.map(realOf),
    ...(walls.cwd === undefined ? {} : { cwd: walls.cwd.startsWith(`${walls.root}/`) || walls.cwd === walls.root ? inTree(walls.cwd) : realOf(walls.cwd) }),
  };
}

function realOf(path: string): string {
  if (existsSync(path)) return realpathSync.native(path);
  const folder = dirname(path);
  return folder === path ? path : join(realOf(folder), path.slice(folder.length));
}
