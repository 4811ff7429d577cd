// One verb of the product's git, in a process group of its own that is killed whole, git children included.
import { spawn } from "node:child_process";

export interface VerbCall {
  /** The module as compiled, below `src/git`: `land.js`. */
  readonly module: string;
  readonly verb: string;
  readonly args: readonly unknown[];
}

/** Runs the calls one after the other; killed after `ms` milliseconds if given. Gives the milliseconds that it lived. */
export async function killedAfter(ms: number | undefined, calls: readonly VerbCall[]): Promise<number> {
  const imports = calls.map(({ module, verb }, n) => `import { ${verb} as verb${String(n)} } from ${JSON.stringify(new URL(`../../../src/git/${module}`, import.meta.url).href)};`);
  // What a call gives stands for "RESULT n" in the arguments of those after it.
  const steps = calls.map(({ args }, n) => `results.push(await verb${String(n)}(...fill(${JSON.stringify(args)})));`);
  const script = [...imports, "const results = [];", "const fill = (args) => JSON.parse(JSON.stringify(args), (key, value) => /^RESULT \\d+ tree$/.test(value) ? results[Number(value.split(' ')[1])].tree : value);", 'console.log("ready");', ...steps].join("\n");
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const over = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  const started = performance.now();
  const kill = ms === undefined ? undefined : setTimeout(() => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  }, ms);
  const code = await over;
  clearTimeout(kill);
  if (ms === undefined && code !== 0) throw new Error(`${calls.map((call) => call.verb).join(", ")} ended with code ${String(code)} although nobody killed it`);
  return performance.now() - started;
}
