// Runs every check there is (types, lint, each layer of tests) and adds them up in one closing line. Plain JavaScript,
// because it also has to report that the tests do not compile. It never runs more than two things at a time.
import { fork, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds that a layer may take at all; that it may keep its process alive afterwards; that its children may. */
const LAYER_MS = 30 * 60_000;
/** Test files that one process runs; a larger layer is several jobs, so that the longest one does not set the pace. */
const FILES_A_JOB = 5;
const SLOW_LAYERS = new Set(["runner"]);
const HOLD_MS = 5_000;
const LINGER_MS = 2_000;

/**
 * Runs the named layers, or lint and all layers when none is named. Prints a block a job as it ends, and as the last line
 * `N passed, M failed`. Resolves with the exit code: 0 only when something passed and nothing failed.
 */
export async function runTests(root, layers) {
  const sources = readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const layerOf = (path) => path.split("/")[1];
  const known = [...new Set(sources.map(layerOf))];
  const unknown = layers.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no test layer ${unknown.join(", ")}. There are: ${known.join(", ")}.\n`);
    return 2;
  }

  const total = { passed: 0, failed: 0 };
  const report = ({ title, passed, failed, output, ms }) => {
    total.passed += passed;
    total.failed += failed;
    const counts = passed + failed === 0 ? "clean" : `${passed} passed, ${failed} failed`;
    process.stdout.write(`\n== ${title}: ${counts} (${(ms / 1000).toFixed(1)} s)\n${output === "" ? "" : `${output}\n`}`);
  };

  const folder = mkdtempSync(join(tmpdir(), "vigil-test-"));
  // As open as the folder that it stands for: some tests play another user.
  chmodSync(folder, 0o1777);
  report(await timed("types", () => checkTypes(root)));
  const jobs = (layers.length > 0 ? layers : known).flatMap((name) => {
    const files = sources.filter((path) => layerOf(path) === name);
    // Layers of quick tests stay whole: starting a process would cost more than it saves.
    const parts = SLOW_LAYERS.has(name) ? Math.ceil(files.length / FILES_A_JOB) : 1;
    const title = (part) => (parts === 1 ? name : `${name} ${part + 1} of ${parts}`);
    return Array.from({ length: parts }, (_, part) => () => timed(title(part), () => runLayer(root, name, files.filter((_path, n) => n % parts === part), folder)));
  });
  if (layers.length === 0) jobs.unshift(() => timed("lint", () => lint(root)));
  const workers = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) report(await job());
  });
  await Promise.all(workers);
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    process.stderr.write(`The tests' temporary folder could not be removed: ${error.message}\n`);
  }

  if (total.passed === 0) {
    total.failed += 1;
    process.stdout.write("\nNo test passed, which counts as a failure.\n");
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 ? 0 : 1;
}

async function timed(title, job) {
  const start = performance.now();
  const result = await job();
  return { ...result, title, ms: performance.now() - start };
}

/** Each type error is a failure; what was emitted all the same still runs. */
async function checkTypes(root) {
  const { code, output } = await tool(root, "node_modules/typescript/bin/tsc", ["-b", "test", "--pretty", "false"]);
  return { passed: 0, failed: code === 0 ? 0 : Math.max(1, output.match(/error TS\d+/g)?.length ?? 0), output };
}

/** Each finding is a failure. */
async function lint(root) {
  const { code, output } = await tool(root, "node_modules/eslint/bin/eslint.js", [".", "--max-warnings", "0"]);
  return { passed: 0, failed: code === 0 ? 0 : Math.max(1, output.match(/^\s+\d+:\d+\s/gm)?.length ?? 0), output };
}

function tool(root, script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const output = collect(child);
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output: output() }));
  });
}

/**
 * Runs one layer's tests in a process of their own. The reporter sends each result as it comes, so a layer that dies loses
 * none. Dying, hanging, not compiling, and leaving processes behind are failures.
 */
async function runLayer(root, name, sources, folder) {
  const compiled = sources.map((path) => join(root, "out", path.replace(/\.ts$/, ".js")));
  const missing = compiled.filter((path) => !existsSync(path));
  const problems = missing.map((path) => `${relative(root, path)} was not compiled`);
  const marker = `vigil-test-${randomUUID()}`;
  // Nothing of the surroundings may reach a test: no key, no git set-up, no npm settings.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(ANTHROPIC|GIT|VIGIL|npm)_/i.test(key)));
  Object.assign(env, { VIGIL_TEST_RUN: marker, TMPDIR: folder, XDG_DATA_HOME: join(folder, `data-${name}`) });

  const args = ["--forbid-only", "--forbid-pending", "--reporter", join(root, "out", "test", "reporter.js"), ...compiled.filter((path) => !missing.includes(path))];
  const child = fork(join(root, "node_modules", "mocha", "bin", "mocha.js"), args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const output = collect(child);
  const closed = new Promise((resolve) => child.on("close", resolve));
  const exited = new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? `exit ${code}`)));
  const onInterrupt = () => {
    child.kill("SIGKILL");
    for (const { pid } of marked(marker)) kill(pid);
    process.exit(130);
  };
  process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);

  const counts = { passed: 0, failed: 0, ended: false };
  const giveUp = (after, why) =>
    setTimeout(() => {
      problems.push(why);
      child.kill("SIGKILL");
    }, after);
  let timer = giveUp(LAYER_MS, `stopped after ${LAYER_MS / 60_000} minutes`);
  child.on("message", ({ kind }) => {
    if (kind === "passed" || kind === "failed") counts[kind] += 1;
    if (kind !== "ended") return;
    counts.ended = true;
    clearTimeout(timer);
    timer = giveUp(HOLD_MS, "the tests are over, but something keeps their process alive");
  });
  const how = await exited;
  clearTimeout(timer);
  if (!counts.ended) problems.push(`the layer broke off before its end (${how})`);
  for (const { pid, command } of await leftBehind(marker)) {
    kill(pid);
    problems.push(`left behind, and killed: ${command}`);
  }
  // Whoever was left behind may have held the pipes open.
  await Promise.race([closed, delay(LINGER_MS, undefined, { ref: false })]);
  process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  const text = [output(), ...problems.map((problem) => `  ${name}: ${problem}`)].filter((line) => line !== "").join("\n");
  return { passed: counts.passed, failed: counts.failed + problems.length, output: text };
}

function collect(child) {
  const parts = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => parts.push(part));
  return () => Buffer.concat(parts).toString("utf8").trimEnd();
}

/** The processes that a layer started and that do not end by themselves within a moment. */
async function leftBehind(marker) {
  const until = performance.now() + LINGER_MS;
  let left = marked(marker);
  while (left.length > 0 && performance.now() < until) {
    await delay(50);
    left = marked(marker);
  }
  return left;
}

/** Processes that carry the marker in the environment they were started with. Only Linux shows it. */
function marked(marker) {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`VIGIL_TEST_RUN=${marker}`)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        // One that ended and was not collected yet has no command line.
        return command === "" ? [] : [{ pid: Number(pid), command }];
      } catch (error) {
        // Gone meanwhile, or another user's.
        if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code)) return [];
        throw error;
      }
    });
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
