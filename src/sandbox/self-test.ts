// Proves at start-up that the walls hold here: it attacks them from inside and checks that useful things still work.
// It must never take a refusal by the sandbox to start for a passed probe.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import { proxyVariables } from "./hosts/environment.js";
import { probeProgram } from "./probe-program.js";
import { remedyFor } from "./remedy.js";
import type { Confined, Probe, SelfTest, Walls } from "./sandbox.js";
import { callProbes, judgeCalls } from "./self-test-calls.js";
import { NAMESPACES, READ_SCRIPT, writeScript } from "./self-test-scripts.js";

/** So long one of the test's programs may take, in milliseconds. They need a tenth of a second, or a few on a busy machine. */
const LONGEST_MS = 20_000;

/** One start, before anything is known about whether it works here. */
export type Start = (walls: Walls, command: readonly string[], overlays: boolean) => Promise<Confined>;

export interface TestedSandbox {
  readonly selfTest: SelfTest;
  readonly overlays: boolean;
}

/**
 * `folder`: where layers will lie; the fixture is made there and removed again. `hosts`: open while everything is tried.
 * Never rejects for what a machine lacks.
 */
export async function runSelfTest(backend: string, start: Start, folder: string, hosts: readonly string[] = []): Promise<TestedSandbox> {
  const before = performance.now();
  const fixture = mkdtempSync(join(folder, "vigil-self-test-"));
  const listener = await listen();
  try {
    const [overlays, probes] = await probe(start, fixture, listener, hosts);
    const ms = Math.round(performance.now() - before);
    const failed = failures(probes);
    if (failed === "") return { selfTest: { backend, passed: true, probes, ms }, overlays };
    const remedy = `The sandbox does not hold on this machine: ${failed}. Run \`vigil doctor\`, and report this; until then only read-only without commands is offered.`;
    return { selfTest: { backend, passed: false, probes, ms, remedy }, overlays };
  } catch (error) {
    const remedy = error instanceof HumanError ? error.message : remedyFor(error instanceof Error ? error.message : String(error));
    const probes = [{ name: "a confined program starts", passed: false, detail: remedy }];
    return { selfTest: { backend, passed: false, probes, ms: Math.round(performance.now() - before), remedy }, overlays: false };
  } finally {
    listener.server.close();
    removeFixture(fixture);
  }
}

/** The probes that did not pass, in words; empty when all did. */
export function failures(probes: readonly Probe[]): string {
  const failed = probes.filter(({ passed }) => !passed);
  return failed.map(({ name, detail }) => (detail === undefined ? name : `${name} (${detail})`)).join("; ");
}

// The kernel leaves an overlay's inner work folder without any permission, which stops its owner from removing it.
function removeFixture(fixture: string): void {
  const inner = join(fixture, "work", "work");
  if (existsSync(inner)) chmodSync(inner, 0o700);
  rmSync(fixture, { recursive: true, force: true });
}

export interface Listener {
  readonly server: Server;
  readonly port: number;
  connections: number;
}

async function probe(start: Start, fixture: string, listener: Listener, hosts: readonly string[]): Promise<readonly [boolean, readonly Probe[]]> {
  const walls = { ...build(fixture, listener.port), hosts };
  const script = writeScript(Object.keys(proxyVariables(hosts)));
  const reading: Walls = { ...walls, root: join(fixture, "read"), tree: { kind: "read" }, layers: [], hidden: [], readOnly: [], reads: [] };
  const command = (script: string): readonly string[] => ["/bin/bash", "--noprofile", "--norc", "-c", script];
  const tryStart = async (overlays: boolean): Promise<readonly [boolean, Buffer, Buffer]> => {
    const runs = await Promise.allSettled([
      start(walls, command(script), overlays).then(outputOf),
      start(reading, command(READ_SCRIPT), overlays).then(outputOf),
    ]);
    const [first, second] = runs.map((run) => {
      if (run.status === "rejected") throw run.reason;
      return run.value;
    });
    return [overlays, first ?? Buffer.alloc(0), second ?? Buffer.alloc(0)];
  };
  const [overlays, written, read] = await tryStart(true).catch((error: unknown) => {
    // Old kernels and some file systems have no overlay for ordinary users; layers are then copies, and all else stands.
    if (error instanceof HumanError && /overlay/.test(error.message)) return tryStart(false);
    throw error;
  });
  const split = written.indexOf("calls\n");
  const said = new Map(
    `${written.subarray(0, Math.max(0, split)).toString()}${read.toString()}`
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const),
  );
  return [overlays, [...judgeScripts(said, fixture, listener), ...judgeCalls(split < 0 ? Buffer.alloc(0) : written.subarray(split + 6))]];
}

function build(fixture: string, port: number): Walls {
  const at = (...parts: readonly string[]): string => join(fixture, ...parts);
  for (const name of ["tree/still", "tree/layer", "read", "lower", "upper", "work"]) mkdirSync(at(name), { recursive: true });
  for (const name of ["canary", "tree/hidden", "tree/still/kept", "lower/kept", "read/kept"]) writeFileSync(at(name), "CANARY\n");
  const program = at("probe");
  writeFileSync(program, probeProgram(process.arch === "arm64" ? "arm64" : "x64", callProbes().map(({ call }) => call)));
  chmodSync(program, 0o755);
  return {
    root: at("tree"),
    tree: { kind: "write" },
    layers: [{ at: at("tree", "layer"), lower: at("lower"), upper: at("upper"), work: at("work") }],
    git: undefined,
    hidden: [at("tree", "hidden")],
    readOnly: [at("tree", "still")],
    reads: [program],
    env: { VIGIL_CANARY: at("canary"), VIGIL_PORT: `${port}`, VIGIL_HOST_PID: `${process.pid}`, VIGIL_PROBE: program },
  };
}

function judgeScripts(said: ReadonlyMap<string, string>, fixture: string, listener: Listener): readonly Probe[] {
  const expect = (name: string, key: string, wanted: string): Probe => {
    const got = said.get(key) ?? "no answer";
    return got === wanted ? { name, passed: true } : { name, passed: false, detail: got === "yes" || got === "no" ? `answered ${got}` : got };
  };
  const state = (name: string, passed: boolean): Probe => (passed ? { name, passed } : { name, passed, detail: "it is otherwise" });
  const kept = (...parts: readonly string[]): boolean => readFileSync(join(fixture, ...parts), "utf8") === "CANARY\n";
  const shared = NAMESPACES.filter((name) => said.get(`ns-${name}`) === undefined || said.get(`ns-${name}`) === readlinkSync(`/proc/self/ns/${name}`));
  return [
    expect("a writable worktree can be written", "write-tree", "yes"),
    expect("node runs", "node", "yes"),
    expect("npm runs", "npm", "yes"),
    expect("git runs", "git", "yes"),
    expect("the layer can be written", "write-layer", "yes"),
    state("a layer keeps the folder below it unchanged", kept("lower", "kept")),
    expect("a file outside cannot be read", "read-outside", "no"),
    state("a file outside is unchanged", kept("canary")),
    expect("system folders cannot be written", "write-system", "no"),
    expect("kernel settings cannot be written", "write-kernel", "no"),
    expect("a read-only folder cannot be written", "write-still", "no"),
    expect("a hidden file shows nothing", "read-hidden", "no"),
    state("a hidden file is unchanged", kept("tree", "hidden")),
    expect("a read-only worktree cannot be written", "write-read", "no"),
    state("a read-only worktree is unchanged", kept("read", "kept") && !existsSync(join(fixture, "read", "new"))),
    expect("the host's loopback cannot be reached", "connect", "no"),
    state("the host's listener heard nothing", listener.connections === 0),
    expect("host processes cannot be signalled", "signal", "no"),
    expect("no capability is held, and no program can give one", "rights", "yes"),
    expect("no descriptor of the host is open", "descriptors", "none"),
    expect("no variable of the host is visible", "variables", "none"),
    shared.length === 0
      ? { name: "every namespace is its own", passed: true }
      : { name: "every namespace is its own", passed: false, detail: `shared: ${shared.join(", ")}` },
  ];
}

/** On the host's loopback; counts who came. */
export async function listen(): Promise<Listener> {
  const server = createServer((socket) => {
    listener.connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const listener: Listener = { server, port: typeof address === "object" && address !== null ? address.port : 0, connections: 0 };
  server.unref();
  return listener;
}

export async function outputOf(confined: Confined): Promise<Buffer> {
  confined.stdin.end();
  confined.stderr.resume();
  // Where a wall is missing a probe may do what it should be refused, and wait for ever: what it did not say has failed.
  const late = setTimeout(() => void confined.kill().catch(() => undefined), LONGEST_MS);
  const chunks: Buffer[] = [];
  for await (const chunk of confined.stdout) chunks.push(Buffer.from(chunk as Uint8Array));
  await confined.exited;
  clearTimeout(late);
  return Buffer.concat(chunks);
}
