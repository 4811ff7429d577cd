// A real VS Code workbench, served to a browser: code-server's workbench with a data folder of its own that goes away with
// it. Nothing of the person's editor is read or written. `test/setup/workbench.mjs` says where it comes from.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const PROJECT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/[\\/]$/, "");

/** How long the server may take to listen on a machine that is busy with other tests, in milliseconds. */
const START_MS = 120_000;

export interface ServeOptions {
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Keys of the person's own: commands by key, in the editor's words. */
  readonly keys?: Readonly<Record<string, string>>;
  /** As a person's editor asks; without it every folder is trusted. */
  readonly asksForTrust?: boolean;
  /** More environment for the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Served {
  /** `http://localhost:PORT`. */
  readonly url: string;
  /** As in `vscode-remote://localhost:PORT`. */
  readonly authority: string;
  /** The server's own folder: data, extensions, logs. */
  readonly folder: string;
  /** Runs the server's program with more arguments, as for installing an extension; resolves with what it printed. */
  run(...args: readonly string[]): Promise<string>;
  /** Ends the server and what it started, and removes its folder. */
  stop(): Promise<void>;
}

interface Workbench {
  workbenchFolder(): string;
  serverProgram(folder?: string): string;
}

/** Throws when the workbench is not installed. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const program = await serverProgram();
  if (program === undefined) throw new Error("There is no VS Code workbench to test in. Install it: npm run setup tests");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "vigil-vscode-")));
  const user = join(folder, "data", "User");
  mkdirSync(user, { recursive: true });
  writeFileSync(join(user, "settings.json"), JSON.stringify({ ...QUIET, ...options.settings }, null, 2));
  writeFileSync(join(user, "keybindings.json"), JSON.stringify(Object.entries(options.keys ?? {}).map(([key, command]) => ({ key, command }))));
  const env = environment(folder, options.env);
  const common = ["--accept-server-license-terms", "--server-data-dir", folder, "--telemetry-level", "off"];
  // Without the driver an extension under development and its tests are not taken from the address.
  const args = [program, "--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--enable-smoke-test-driver", ...common];
  if (options.asksForTrust !== true) args.push("--disable-workspace-trust");
  // A group of its own, so that its extension hosts end with it.
  const child = spawn(process.execPath, args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const port = await listening(child);
    return { url: `http://localhost:${port}`, authority: `localhost:${port}`, folder, run: (...more) => ran(program, [...common, ...more], env), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Undefined where `npm run setup tests` has not brought it. */
export async function serverProgram(): Promise<string | undefined> {
  const setup = (await import(pathToFileURL(join(PROJECT, "test", "setup", "workbench.mjs")).href)) as Workbench;
  const program = setup.serverProgram();
  return existsSync(program) ? program : undefined;
}

/** What would move, ask or fetch while a test looks. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "git.openRepositoryInParentFolders": "never",
  "remote.autoForwardPorts": false,
  "editor.cursorBlinking": "solid",
} as const;

function environment(folder: string, more: ServeOptions["env"] = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Native parts were built for this Node, and the extension's runners want it too.
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: folder,
    XDG_DATA_HOME: join(folder, "xdg", "data"),
    XDG_CONFIG_HOME: join(folder, "xdg", "config"),
    XDG_CACHE_HOME: join(folder, "xdg", "cache"),
    XDG_RUNTIME_DIR: undefined,
    LANG: "C.UTF-8",
    // Where a suite inside finds the editor's own logs.
    VSCODE_TEST_LOGS: join(folder, "data", "logs"),
    ...more,
  };
}

type Child = ReturnType<typeof spawn>;

function listening(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => reject(new Error(`The VS Code server ${why}. It said:\n${said}`));
    const timer = setTimeout(() => fail(`did not listen within ${START_MS / 1_000} s`), START_MS);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      fail(`ended (${signal ?? `exit ${String(code)}`})`);
    });
  });
}

function ran(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`The VS Code server's ${args.at(-2) ?? ""} ended with ${String(code)}:\n${said}`));
    });
  });
}
