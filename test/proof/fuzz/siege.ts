// A machine in a temporary folder with a workshop in it, and the question that the fuzz asks of it: did anything of the
// host change, answer, survive or show while these attempts were made?
import { spawn, type ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bubblewrapSandbox } from "../../../src/sandbox/bubblewrap.js";
import type { Walls } from "../../../src/sandbox/sandbox.js";
import { startWorkshop } from "../../../src/sandbox/start-workshop.js";
import type { Workshop } from "../../../src/sandbox/workshop.js";
import { CANARY, listen, makeFixture, type Fixture } from "../../sandbox/fixture.js";
import { inputOf, toolOf, type Attempt } from "./attempt.js";
import type { Reachable } from "./grammar.js";
import { differences, digest, hostTree, type HostTree } from "./host-tree.js";

/** `open` has no place in the product: everything of the fixture is the tree, which shows that the attempts are live. */
export type TreeKind = "write" | "read" | "layer" | "open";

export interface Siege {
  readonly targets: Reachable;
  /** Of what stands on the host now. */
  digest(): string;
  /** Makes the attempts in one workshop, remade as a run does when it dies. What went wrong, as sentences. */
  make(attempts: readonly Attempt[]): Promise<Made>;
  lift(): Promise<void>;
}

export interface Made {
  readonly breaches: readonly string[];
  /** Workshops that were lost under a call, and calls that were given up. */
  readonly lost: number;
  readonly slow: number;
}

const TIMEOUT_MS = 1_500;
const SHARED = ["/tmp", "/var/tmp", "/dev/shm"] as const;
const TREE: Readonly<Record<string, string>> = {
  "src/a.js": "console.log(1)\n",
  "package.json": '{"name":"x","scripts":{"test":"echo ok"}}\n',
  "sub/deep/f.txt": "deep\n",
  ".env": "KEY=hidden\n",
  "vendor/lib.js": "1\n",
  "docs/guide.md": "# Guide\n",
};

export async function besiege(folder: string, kind: TreeKind, mark: string): Promise<Siege> {
  const fixture = makeFixture(folder);
  const shared = SHARED.filter((place) => existsSync(place)).map((place) => join(place, `canary-${mark}`));
  furnish(fixture, shared);
  const walls = wallsOf(fixture, kind);
  const open = (): Promise<Workshop> => (kind === "open" ? openWorkshop(fixture) : fixture.workshop(walls));
  const host = spawn("sleep", ["86400"], { stdio: "ignore" });
  const socket = join(fixture.out, "agent.sock");
  const abstract = `vigil-${mark}`;
  const listeners = await Promise.all([listen(0), listen(socket), listen(`\0${abstract}`)]);
  const datagrams = await listenForDatagrams();
  const at = (name: string): string => join(fixture.base, name);
  const targets: Reachable = {
    root: fixture.root, mark, socket, abstract, port: listeners[0].port, datagrams: datagrams.port, hostPid: host.pid ?? 0,
    host: [fixture.canary, fixture.home, at("home/.ssh/id_rsa"), at("home/.bashrc"), at("repo/.git/config"), at("repo/.git/hooks"), at("repo/.git/HEAD"), at("repo/a.js"), fixture.repository, at("state/run/log.jsonl"), at("state/run/inbox"), at("state/run/git/HEAD"), fixture.state, fixture.out, fixture.base, at("repo/node_modules/dep/index.js"), ...shared],
  };
  // What the walls give to the agent is no part of the host: the tree where it may write, its git directory, its layers.
  const own = [at("agent"), at("layers"), at("dist"), socket, ...(kind === "write" ? [fixture.root] : [])];
  const look = (): HostTree => hostTree([fixture.base, ...shared], own);
  // Bundling the workshop's program is done once, before anything is compared.
  await (await fixture.workshop()).kill();
  mend(fixture, kind);
  let before = look();

  return {
    targets,
    digest: () => digest(look()),
    async make(attempts) {
      mend(fixture, kind);
      before = look();
      const seen = listeners.reduce((sum, one) => sum + one.visits(), 0) + datagrams.visits();
      const breaches: string[] = [];
      let [lost, slow] = [0, 0];
      let workshop = await open();
      for (const [n, attempt] of attempts.entries()) {
        const result = await workshop.call({ id: `${n}`, tool: toolOf(attempt), input: inputOf(attempt), timeoutMs: TIMEOUT_MS });
        if (result.kind === "lost") {
          lost += 1;
          await workshop.kill();
          workshop = await open();
        } else {
          if (/ended after/u.test(result.text)) slow += 1;
          if (result.text.includes(CANARY)) breaches.push(`a secret of the host was shown: ${result.text.slice(0, 200)}`);
        }
      }
      await workshop.kill();
      breaches.push(...differences(before, look()));
      const visits = listeners.reduce((sum, one) => sum + one.visits(), 0) + datagrams.visits() - seen;
      if (visits > 0) breaches.push(`a listener of the host was reached ${visits} times`);
      if (host.exitCode !== null || host.signalCode !== null) breaches.push("a process of the host was ended");
      breaches.push(...survivors(fixture.base).map((line) => `a process survived: ${line}`), ...leftovers(mark, shared));
      return { breaches, lost, slow };
    },
    async lift() {
      for (const { server } of listeners) server.close();
      datagrams.close();
      await ended(host);
      for (const place of shared) rmSync(place, { force: true });
      clear(fixture.base);
      await fixture.remove();
    },
  };
}

function furnish(fixture: Fixture, shared: readonly string[]): void {
  const at = (name: string): string => join(fixture.base, name);
  for (const name of ["repo/node_modules/dep", "state/run/inbox", "state/run/git/refs", "agent", "layers/tree/upper", "layers/tree/work", "layers/dep/upper", "layers/dep/work"]) mkdirSync(at(name), { recursive: true });
  rmSync(at("repo/.git"), { recursive: true });
  writeFileSync(at("home/.bashrc"), "# mine\n");
  writeFileSync(at("repo/a.js"), "1\n");
  writeFileSync(at("repo/node_modules/dep/index.js"), "module.exports = 1;\n");
  const log = `{"seq":1,"key":"${CANARY}"}\n`;
  for (const [name, text] of [["state/run/log.jsonl", log], ["state/run/head", "1\n"], ["state/run/git/HEAD", "ref: refs/heads/main\n"]] as const) writeFileSync(at(name), text);
  for (const place of shared) writeFileSync(place, CANARY);
  const git = (...args: string[]): unknown => execFileSync("git", ["-C", fixture.repository, "-c", "user.name=A", "-c", "user.email=a@b", ...args], { stdio: "ignore" });
  git("init", "-q", "-b", "main");
  git("add", "a.js");
  git("commit", "-qm", "first");
  execFileSync("git", ["clone", "-q", "--no-hardlinks", fixture.repository, at("agent/clone")], { stdio: "ignore" });
}

function wallsOf(fixture: Fixture, kind: TreeKind): Partial<Walls> {
  const at = (name: string): string => join(fixture.base, name);
  const tree: Walls["tree"] = kind === "layer" ? { kind, upper: at("layers/tree/upper"), work: at("layers/tree/work") } : { kind: kind === "read" ? "read" : "write" };
  return {
    tree,
    layers: [{ at: join(fixture.root, "node_modules"), lower: at("repo/node_modules"), upper: at("layers/dep/upper"), work: at("layers/dep/work") }],
    git: { dir: at("agent/clone/.git"), borrows: [] },
    hidden: [join(fixture.root, ".env")],
  };
}

// A home elsewhere, because the walls refuse, rightly, to give away the one that they know of.
function openWorkshop(fixture: Fixture): Promise<Workshop> {
  const sandbox = bubblewrapSandbox({ home: "/nonexistent", layersFolder: fixture.base });
  return startWorkshop(sandbox, { ...fixture.walls, root: fixture.base }, { script: join(fixture.base, "dist", "workshop.mjs"), node: process.execPath });
}

/** The worktree as a run's next decision finds it, and the layers empty, as a border leaves them. */
function mend(fixture: Fixture, kind: TreeKind): void {
  if (kind === "write" || !existsSync(join(fixture.root, "node_modules"))) {
    clear(fixture.root);
    for (const [name, text] of Object.entries(TREE)) {
      mkdirSync(join(fixture.root, name, ".."), { recursive: true });
      writeFileSync(join(fixture.root, name), text);
    }
    // Mount points are made before walls are put up, as the runner does.
    for (const name of ["node_modules", ".git"]) mkdirSync(join(fixture.root, name), { recursive: true });
  }
  for (const layer of ["tree", "dep"]) for (const part of ["upper", "work"]) clear(join(fixture.base, "layers", layer, part));
}

// By programs that go into a folder as deep as one can be made, which no recursion here could; unlocked first, for
// somebody who is not root.
function clear(folder: string): void {
  execFileSync("chmod", ["-R", "u+rwX", folder], { stdio: "ignore" });
  execFileSync("find", [folder, "-mindepth", "1", "-delete"], { stdio: "ignore" });
}

/** Processes of this machine that work in the fixture or name it, besides this one. */
function survivors(base: string): readonly string[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/u.test(name) || Number(name) === process.pid) return [];
    const [line, cwd] = [readOr(() => readFileSync(`/proc/${name}/cmdline`, "utf8")), readOr(() => readlinkSync(`/proc/${name}/cwd`))];
    return line.includes(base) || cwd.startsWith(base) ? [`${name} ${line.replaceAll("\0", " ").slice(0, 200)}`] : [];
  });
}

function leftovers(mark: string, shared: readonly string[]): readonly string[] {
  return [...SHARED, "/run", "/home", "/root", "/opt", "/"].flatMap((place) => {
    const names = readOr(() => readdirSync(place).join("\0")).split("\0");
    return names.map((name) => join(place, name)).filter((path) => path.includes(mark) && !shared.includes(path)).map((path) => `${path} was made on the host`);
  });
}

// Processes end while they are listed, and some belong to others.
function readOr(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

async function listenForDatagrams(): Promise<{ readonly port: number; visits(): number; close(): void }> {
  let visits = 0;
  const socket = createSocket("udp4", () => {
    visits += 1;
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.unref();
  return { port: socket.address().port, visits: () => visits, close: () => void socket.close() };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
