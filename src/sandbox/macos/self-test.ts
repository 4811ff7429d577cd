// Proves at start-up that the walls hold on this Mac: it attacks them from inside and checks that useful things still work.
// Before anything is ended, it asks whom a confined process could kill: the warden kills all whom the kernel lets it. It
// must never take a refusal by the sandbox to start for a passed probe.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { createServer } from "node:net";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { HumanError } from "../../core/error.js";
import { proxyVariables } from "../hosts/environment.js";
import type { Confined, Probe, SelfTest, Walls } from "../sandbox.js";
import { failures, listen, outputOf, type Listener } from "../self-test.js";
import { READ_SCRIPT, SIGNALS_SCRIPT, STUBBORN_SCRIPT, writeScript } from "./self-test-scripts.js";

/** `sweep`: all that is left is killed at the end. `keep`: nothing is, because nobody knows yet whom it would kill. */
export type SeatbeltStart = (walls: Walls, command: readonly string[], mode: "sweep" | "keep") => Promise<Confined>;

/**
 * `folder`: where the fixture is made and removed again. `hosts`: open while everything is tried. Never rejects for what a
 * machine lacks.
 */
export async function testSeatbelt(backend: string, start: SeatbeltStart, folder: string, hosts: readonly string[] = []): Promise<SelfTest> {
  const before = performance.now();
  const fixture = realpathSync(mkdtempSync(join(folder, "vigil-self-test-")));
  // A socket's path is short by law, and a worktree's folder is not.
  const near = realpathSync(mkdtempSync(join(tmpdir(), "vigil-")));
  const [tcp, unix] = [await listen(), await listenNear(join(near, "s"))];
  const ended = (probes: readonly Probe[], remedy: string | undefined): SelfTest => {
    const ms = Math.round(performance.now() - before);
    return remedy === undefined ? { backend, passed: true, probes, ms } : { backend, passed: false, probes, ms, remedy };
  };
  try {
    const place: Fixture = { at: fixture, near, tcp, unix, name: await ownName(), hosts };
    const first = await signals(start, place);
    const probes = failures(first) === "" ? [...first, ...(await attacks(start, place)), ...(await endings(start, place))] : first;
    const failed = failures(probes);
    return ended(probes, failed === "" ? undefined : `The sandbox does not hold on this Mac: ${failed}. Run \`vigil doctor\`, and report this with your version of macOS; until then only read-only without commands is offered.`);
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    return ended([{ name: "a confined program starts", passed: false, detail: error.message }], error.message);
  } finally {
    tcp.server.close();
    unix.close();
    for (const each of [fixture, near]) rmSync(each, { recursive: true, force: true });
  }
}

interface Fixture {
  readonly at: string;
  readonly near: string;
  readonly tcp: Listener;
  readonly unix: { readonly visits: () => number };
  /** A name that this machine finds without a network; undefined where it does not. */
  readonly name: string | undefined;
  readonly hosts: readonly string[];
}

async function signals(start: SeatbeltStart, place: Fixture): Promise<readonly Probe[]> {
  const other = await start(empty(place, "other"), ["/bin/cat"], "keep");
  try {
    const { stdout } = await promisify(execFile)("/bin/ps", ["-axo", "pid="], { maxBuffer: 16 * 1024 * 1024 });
    const pids = [...new Set([...stdout.split("\n").map((line) => line.trim()), `${other.pid}`, `${process.pid}`])].filter((pid) => /^\d+$/.test(pid));
    const walls = { ...empty(place, "signals"), env: { VIGIL_PIDS: pids.join(" ") } };
    const said = answers(await outputOf(await start(walls, bash(SIGNALS_SCRIPT), "keep")));
    return [
      expect(said, "whom it may signal can be asked", "asked", "yes"),
      expect(said, "a process can signal those of its own sandbox", "own", "yes"),
      said.has("foreign")
        ? { name: "no process outside its own sandbox can be signalled", passed: false, detail: `process ${said.get("foreign") ?? ""} can` }
        : { name: "no process outside its own sandbox can be signalled", passed: true },
    ];
  } finally {
    other.stdin.end();
    await other.kill();
  }
}

async function attacks(start: SeatbeltStart, place: Fixture): Promise<readonly Probe[]> {
  const walls = build(place);
  const script = writeScript(Object.keys(proxyVariables(place.hosts)));
  const reading: Walls = { ...empty(place, "read"), tree: { kind: "read" } };
  writeFileSync(join(place.at, "read", "kept"), "CANARY\n");
  const runs = await Promise.allSettled([start(walls, bash(script), "sweep").then(outputOf), start(reading, bash(READ_SCRIPT), "sweep").then(outputOf)]);
  const [written, read] = runs.map((run) => {
    if (run.status === "rejected") throw run.reason;
    return run.value;
  });
  const said = answers(Buffer.concat([written ?? Buffer.alloc(0), read ?? Buffer.alloc(0)]));
  return judge(said, place);
}

/** What ends: a process left behind when its program ends by itself, and all of one that does not want to. */
async function endings(start: SeatbeltStart, place: Fixture): Promise<readonly Probe[]> {
  const confined = await start(empty(place, "stubborn"), bash(STUBBORN_SCRIPT), "sweep");
  const daemon = new Promise<number>((resolve) => {
    confined.stdout.once("data", (chunk: Uint8Array) => { resolve(Number(answers(Buffer.from(chunk)).get("daemon"))); });
    confined.stdout.once("close", () => { resolve(Number.NaN); });
  });
  const pid = await daemon;
  const late = await confined.kill().then(() => undefined, (error: unknown) => (error instanceof HumanError ? "its end could not be proved" : String(error)));
  const gone = Number.isInteger(pid) && !lives(pid) && !lives(confined.pid);
  return [state("a program that is ended leaves nothing behind", gone && late === undefined, late ?? (Number.isInteger(pid) ? "a process is left" : "no process was left to be found"))];
}

function build({ at, near, tcp, name, hosts }: Fixture): Walls {
  const path = (...parts: readonly string[]): string => join(at, ...parts);
  for (const folder of ["tree/still", "tree/folder", "tree/layer", "lower", "upper", "work"]) mkdirSync(path(folder), { recursive: true });
  for (const file of ["canary", "tree/folder/hidden", "tree/still/kept", "lower/kept"]) writeFileSync(path(file), "CANARY\n");
  return {
    root: path("tree"),
    tree: { kind: "write" },
    layers: [{ at: path("tree", "layer"), lower: path("lower"), upper: path("upper"), work: path("work") }],
    git: undefined,
    hidden: [path("tree", "folder", "hidden")],
    readOnly: [path("tree", "still")],
    // What refuses the socket is then the rule about sockets and not one about paths.
    reads: [near],
    env: { VIGIL_CANARY: path("canary"), VIGIL_HOME: homedir(), VIGIL_PORT: `${tcp.port}`, VIGIL_SOCKET: join(near, "s"), VIGIL_HOST_PID: `${process.pid}`, VIGIL_NAME: name ?? "vigil.invalid" },
    hosts,
  };
}

function empty({ at }: Fixture, name: string): Walls {
  const root = join(at, name);
  mkdirSync(root, { recursive: true });
  return { root, tree: { kind: "write" }, layers: [], git: undefined, hidden: [], readOnly: [], reads: [], env: {} };
}

function judge(said: ReadonlyMap<string, string>, { at, tcp, unix, name }: Fixture): readonly Probe[] {
  const kept = (...parts: readonly string[]): boolean => {
    const file = join(at, ...parts);
    return existsSync(file) && readFileSync(file, "utf8") === "CANARY\n";
  };
  const refused = (what: string, key: string): Probe => expect(said, what, key, "no");
  const works = (what: string, key: string): Probe => expect(said, what, key, "yes");
  const daemon = Number(said.get("daemon"));
  return [
    works("every attack was tried", "asked"),
    works("a writable worktree can be written", "write-tree"),
    works("the home and the temporary folder can be written", "write-home"),
    works("node runs", "node"),
    works("node can start programs", "child"),
    works("npm runs", "npm"),
    works("git runs", "git"),
    works("a dependency folder can be written", "write-layer"),
    state("what a dependency folder was copied from is unchanged", kept("lower", "kept")),
    refused("a file outside cannot be read", "read-outside"),
    refused("a file outside cannot be read by the disk's other name", "read-alias"),
    refused("the home folder cannot be listed", "list-home"),
    refused("a sandbox inside is no way out", "nested"),
    refused("a file outside cannot be written", "write-outside"),
    state("a file outside is unchanged", kept("canary")),
    refused("system folders cannot be written", "write-system"),
    refused("a read-only folder cannot be written", "write-still"),
    refused("no .git can be put into the worktree", "write-git"),
    refused("a hidden file shows nothing", "read-hidden"),
    refused("a hidden file cannot be carried away", "carry-hidden"),
    refused("a hidden file cannot be linked", "link-hidden"),
    refused("a hidden file cannot be cloned", "clone-hidden"),
    state("a hidden file is unchanged", kept("tree", "folder", "hidden")),
    refused("a read-only worktree cannot be written", "write-read"),
    state("a read-only worktree is unchanged", kept("read", "kept") && !existsSync(join(at, "read", "new"))),
    refused("the host's loopback cannot be reached", "connect"),
    state("the host's listener heard nothing", tcp.connections === 0),
    refused("the host's sockets cannot be reached", "connect-unix"),
    state("the host's socket heard nothing", unix.visits() === 0),
    refused("nothing can be listened at", "listen"),
    ...(name === undefined ? [] : [refused("no name can be looked up", "names")]),
    refused("host processes cannot be signalled", "signal"),
    refused("host processes cannot be looked at", "look-at-host"),
    refused("the key chain is out of reach", "keychain"),
    refused("launchd is out of reach", "launchd"),
    refused("preferences are out of reach", "preferences"),
    refused("the clipboard is out of reach", "clipboard"),
    refused("other applications are out of reach", "applications"),
    refused("Spotlight is out of reach", "spotlight"),
    expect(said, "no descriptor of the host is open", "descriptors", "none"),
    expect(said, "no variable of the host is visible", "variables", "none"),
    state("a process that is left behind ends with its program", Number.isInteger(daemon) && !lives(daemon), Number.isInteger(daemon) ? "it lives" : "none was left to be found"),
  ];
}

/** What was answered last stands, but a "yes" to one of several tries is not taken back by a later "no". */
function answers(output: Buffer): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const line of output.toString().split("\n")) {
    const cut = line.indexOf(" ");
    if (cut > 0 && said.get(line.slice(0, cut)) !== "yes") said.set(line.slice(0, cut), line.slice(cut + 1).trim());
  }
  return said;
}

function expect(said: ReadonlyMap<string, string>, name: string, key: string, wanted: string): Probe {
  const got = said.get(key) ?? "no answer";
  return got === wanted ? { name, passed: true } : { name, passed: false, detail: got === "yes" || got === "no" ? `answered ${got}` : got };
}

function state(name: string, passed: boolean, otherwise = "it is otherwise"): Probe {
  return passed ? { name, passed } : { name, passed, detail: otherwise };
}

function bash(script: string): readonly string[] {
  return ["/bin/bash", "--noprofile", "--norc", "-c", script];
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

async function ownName(): Promise<string | undefined> {
  const name = hostname();
  return lookup(name).then(() => name, () => undefined);
}

async function listenNear(path: string): Promise<{ visits(): number; close(): void }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  server.unref();
  return { visits: () => visits, close: () => { server.close(); } };
}
