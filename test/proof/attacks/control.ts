// The product without its protection, for the control run: built for the proof alone. Each edit takes one defence out and
// puts in its place what a program without it would do; none of this exists as a switch in the product.
import type { Edit } from "../bundles.js";

/** Walls: the tools run as a plain process of the person's, in their surroundings, on their files. */
const walls: readonly Edit[] = [
  {
    file: "src/sandbox/bubblewrap.ts",
    find: "      return start(walls, command, overlays);",
    replace: `      const [program = "", ...rest] = command;
      const child = spawnProcess(program, rest, { cwd: walls.root, env: { ...process.env, ...walls.env }, stdio: ["pipe", "pipe", "pipe"] });
      const exited = exitOf(child);
      return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, pid: child.pid ?? 0, exited, kill: async () => { child.kill("SIGKILL"); await exited; }, contacts: () => Promise.resolve([]) };`,
  },
  {
    file: "src/sandbox/workshop-main.ts",
    find: "  const result = await shell.run(command, Math.min(timeout_ms ?? DEFAULT_TIMEOUT_MS, timeoutMs));",
    replace: `  const result = await new Promise<{ exit: number | undefined; output: string }>((resolve) => {
    execFile("/bin/bash", ["-c", command], { cwd: opening.root, maxBuffer: 2_100_000, timeout: timeoutMs }, (error, stdout, stderr) => resolve({ exit: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr }));
  });`,
  },
  { file: "src/sandbox/workshop-main.ts", find: 'import { existsSync, readdirSync, readFileSync } from "node:fs";', replace: 'import { execFile } from "node:child_process";\nimport { existsSync, readdirSync, readFileSync } from "node:fs";' },
  { file: "src/sandbox/workshop-protocol.ts", find: "2 * 1024 * 1024", replace: "64 * 1024 * 1024" },
  // With no layer to take a proposal from, what stands in the worktree is proposed.
  { file: "src/runner/proposals.ts", find: 'import { layerTree } from "../git/layer.js";', replace: 'import { snapshot } from "../git/snapshot.js";' },
  { file: "src/runner/proposals.ts", find: "return (await layerTree(site.worktree, throwAwayLayer(site.worktree).upper, lower, layerKind(site))).tree;", replace: "void lower;\n  return (await snapshot(site.worktree)).tree;" },
  { file: "src/sandbox/start-workshop.ts", find: "const TEXT_LIMIT = 256 * 1024;", replace: "const TEXT_LIMIT = 16 * 1024 * 1024;" },
];

/** File tools: whatever path is named is taken, as the shell or a person's program would take it. */
const fileTools: readonly Edit[] = [
  { file: "src/sandbox/workshop-files.ts", find: 'import { chmodSync, existsSync, lstatSync } from "node:fs";', replace: 'import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";' },
  {
    file: "src/sandbox/workshop-files.ts",
    find: "  const parsed = inputs[tool].safeParse(input);",
    replace: `  if (tool === "read" || tool === "write") {
    const { file_path: given, content } = input as { file_path: string; content?: string };
    const path = given.startsWith("file://") ? given.slice(7) : given.startsWith("~/") ? join(process.env["HOME"] ?? "", given.slice(2)) : resolve(question.root, given);
    try {
      if (tool === "read") return { ok: true, text: readFileSync(path, "latin1").slice(0, 2_100_000).replaceAll("\\0", "0") };
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content ?? "");
      return { ok: true, text: "written" };
    } catch (error) {
      return { ok: false, text: String(error) };
    }
  }
  const parsed = inputs[tool].safeParse(input);`,
  },
];

const judging: readonly Edit[] = [
  { file: "src/core/judge/judge.ts", find: "export function judge(action: Action, policy: PolicyValues, run: JudgedRun): Verdict {", replace: 'export function judge(action: Action, policy: PolicyValues, run: JudgedRun): Verdict {\n  if (action.kind !== "land") return allow("nothing is judged");' },
  { file: "src/runner/inspection.ts", find: "  const refused = [...refusals(site, changes), ...(await unhidden(site, before, seen.tree, changes))];", replace: "  const refused: Refusal[] = [];" },
  { file: "src/runner/proposals.ts", find: "  const refused = refusals(site, await compareTrees(worktree, open.before, written));", replace: "  const refused: { path: string; tell: string }[] = [];" },
];

/** Git: the worktree is linked to the person's repository, and whoever looks at it discovers its git from the folder. */
const plainGit: readonly Edit[] = [
  { file: "src/git/worktree.ts", find: '  await mkdir(join(worktree.root, ".git"), { mode: 0o755 });', replace: '  await writeFile(join(worktree.root, ".git"), `gitdir: ${join(repository.commonDir, "worktrees", "wt")}\\n`);' },
  { file: "src/git/host.ts", find: "...[...hardening, ...config]", replace: "...config" },
  { file: "src/cli/verbs/diff.ts", find: "    const { store } = await openRepository(place);", replace: '    if (values.patch) {\n      screen.raw(execFileSync("/bin/sh", ["-c", "git status --short; git diff HEAD"]));\n      return 0;\n    }\n    const { store } = await openRepository(place);' },
  { file: "src/cli/verbs/diff.ts", find: 'import { diffRun, patchRun } from "../../client/diff-run.js";', replace: 'import { execFileSync } from "node:child_process";\nimport { diffRun, patchRun } from "../../client/diff-run.js";' },
];

/** Landing: what stands in the worktree is committed and merged. */
const landing: readonly Edit[] = [
  { file: "src/cli/verbs/land.ts", find: "    const workspace = await openRepository(place);", replace: '    execFileSync("/bin/sh", ["-c", `git add -A && git commit -q -m work && git -C "$1" merge -q --no-edit agent/run1`, "land", place.folder], { stdio: "inherit" });\n    const workspace = await openRepository(place);' },
  { file: "src/cli/verbs/land.ts", find: 'import { findRun } from "../../client/find-run.js";', replace: 'import { execFileSync } from "node:child_process";\nimport { findRun } from "../../client/find-run.js";' },
];

const texts: readonly Edit[] = [
  { file: "src/cli/diff-text.ts", find: "${ink.bold(visible(file.path))}  ", replace: "${file.path}\\n" },
  { file: "src/core/review/report-html.ts", find: `.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character)`, replace: "" },
  { file: "src/core/text/visible.ts", find: "  const lines = options.lines === true;", replace: "  if (Math.abs(1) === 1) return text;\n  const lines = options.lines === true;" },
  { file: "src/core/text/mask.ts", find: "  let masked = 0;", replace: "  if (Math.abs(1) === 1) return { text, masked: 0 };\n  let masked = 0;" },
  { file: "src/runner/ledger.ts", find: 'const exact = this.#secrets.reduce((text, secret) => text.replaceAll(secret, "[masked]"), content);', replace: "const exact = content;" },
  { file: "src/runner/ledger.ts", find: '    const flat = mask(text, this.#secrets).text.replaceAll(/\\s+/g, " ").trim();', replace: "    const flat = text;\n    if (Math.abs(1) === 1) return text;" },
];

const environment: readonly Edit[] = [{ file: "src/client/spawn-runner.ts", find: '.filter(([name]) => !name.toUpperCase().startsWith("ANTHROPIC_"))', replace: "" }];

export const WITHOUT_PROTECTION: readonly Edit[] = [...walls, ...fileTools, ...judging, ...plainGit, ...landing, ...texts, ...environment];
