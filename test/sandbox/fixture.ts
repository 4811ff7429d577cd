// A place to attack: a worktree, and around it everything that must stay out of reach. Real files, sockets and processes.
import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { bubblewrapSandbox } from "../../src/sandbox/bubblewrap.js";
import type { Sandbox, Walls } from "../../src/sandbox/sandbox.js";
import { startWorkshop } from "../../src/sandbox/start-workshop.js";
import type { Carried, Workshop } from "../../src/sandbox/workshop.js";

export const CANARY = "SECRET-CANARY-7f3a";

export interface Fixture {
  readonly base: string;
  readonly root: string;
  readonly home: string;
  readonly repository: string;
  readonly state: string;
  readonly out: string;
  readonly canary: string;
  readonly walls: Walls;
  /** A file whose existence means that something got out. */
  readonly escaped: string;
  readonly sandbox: Sandbox;
  workshop(walls?: Partial<Walls>, carried?: Carried): Promise<Workshop>;
  remove(): Promise<void>;
}

/** Folders below which fixtures are made: one that every sandbox masks, one that it need not, one among the system's. */
export function bases(): readonly string[] {
  const own = resolve("out", "fixtures");
  mkdirSync(own, { recursive: true });
  return [tmpdir(), own, ...(mayWrite("/opt") ? ["/opt"] : [])];
}

export function makeFixture(below: string = tmpdir()): Fixture {
  const base = mkdtempSync(join(below, "vigil-walls-"));
  const at = (name: string): string => join(base, name);
  for (const name of ["wt/src", "wt/sub/deep", "home/.ssh", "repo/.git/hooks", "state", "out", "dist"]) mkdirSync(at(name), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    "wt/src/a.js": "console.log(1)\n",
    "wt/package.json": '{"name":"x","scripts":{"test":"echo ok"}}\n',
    "wt/sub/deep/f.txt": "deep\n",
    "home/canary": CANARY,
    "home/.ssh/id_rsa": `${CANARY}-ssh`,
    "repo/.env": `KEY=${CANARY}-env`,
    "state/secrets.json": `{"key":"${CANARY}-state"}`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  const script = at("dist/workshop.mjs");
  let bundled: Promise<void> | undefined;
  const sandbox = bubblewrapSandbox({ home: at("home"), never: [at("repo"), at("state")], layersFolder: base });
  const walls: Walls = { root: at("wt"), tree: { kind: "write" }, layers: [], git: undefined, hidden: [], readOnly: [], reads: [], env: {} };
  const workshops: Workshop[] = [];
  return {
    base, root: at("wt"), home: at("home"), repository: at("repo"), state: at("state"), out: at("out"), canary: at("home/canary"),
    escaped: at("out/escaped"), walls, sandbox,
    async workshop(changes = {}, carried) {
      await (bundled ??= bundleWorkshop(script));
      const options = { script, node: process.execPath };
      const workshop = await startWorkshop(sandbox, { ...walls, ...changes }, carried === undefined ? options : { ...options, carried });
      workshops.push(workshop);
      return workshop;
    },
    async remove() {
      for (const workshop of workshops) await workshop.kill();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export async function bundleWorkshop(outfile: string): Promise<void> {
  await build({
    entryPoints: [resolve("src/sandbox/workshop-main.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile,
    logLevel: "error",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  chmodSync(outfile, 0o644);
}

/** A listener of the host that counts who came. `address`: a port number, a socket's path, or an abstract name after NUL. */
export async function listen(address: number | string): Promise<{ readonly server: Server; readonly port: number; visits(): number }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.on("error", () => undefined).destroy();
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    if (typeof address === "number") server.listen(address, "127.0.0.1", done);
    else server.listen(address, done);
  });
  const bound = server.address();
  // A test that fails must not keep the process alive.
  server.unref();
  return { server, port: typeof bound === "object" && bound !== null ? bound.port : 0, visits: () => visits };
}

/** A process of the host with a recognizable command line. */
export function hostProcess(): ChildProcess {
  return spawn("sleep", ["86400"], { stdio: "ignore", env: { PATH: process.env["PATH"] ?? "", VIGIL_HOST_SECRET: CANARY } });
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
