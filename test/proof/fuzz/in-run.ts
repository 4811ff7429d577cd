// The same attempts inside of a real run, with decisions and the comparison after each step. What policy forbids is told
// from tree objects by plain rules of this file's own, not by the judge.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ScriptBlock } from "../../../src/agent/scripted/script.js";
import { all } from "../../runner/begun.js";
import { Lab, POLICY, ran } from "../../runner/lab.js";
import { begin, call, end, finish, turns } from "../../runner/scripts.js";
import type { Proving } from "../row.js";
import { inputOf, toolOf, type Attempt } from "./attempt.js";
import { chanceOf } from "../../chance.js";
import { attempt, type Reachable } from "./grammar.js";

export interface InRun {
  readonly steps: number;
  readonly takenOut: number;
  readonly forbidden: number;
  readonly short: readonly string[];
}

const SECRET = "HIDDEN-CONTENT-51c2";
const PER_DECISION = 10;
const SETTINGS = {
  ...POLICY,
  // Hundreds of turns: no limit may end the run before its last attempt.
  "vigil.policy.limits.usd": 1_000,
  // Most of what it tries is refused or fails, which is what a rule would give it up for.
  "vigil.policy.abandon.attempts": 100_000,
  "vigil.policy.abandon.idleSteps": 100_000,
  "vigil.policy.protected": ["src/frozen/**", "db/**"],
  "vigil.policy.hidden": ["src/keys/**", ".env", "*.pem"],
  "vigil.policy.paths": [{ glob: "src/generated/**", stage: "read-only", reason: "made by a tool" }],
  "vigil.policy.unanswered": { low: "deny", medium: "deny", high: "deny" },
  "vigil.policy.requiredChecks": ["true"],
};
const FILES: Readonly<Record<string, string>> = {
  "src/a.js": "1\n",
  "src/deep/b.js": "2\n",
  "src/frozen/c.js": "frozen\n",
  "src/generated/d.js": "generated\n",
  "src/keys/k.txt": `${SECRET}\n`,
  "db/1.sql": "select 1;\n",
  "secrets/key.pem": `${SECRET}-pem\n`,
  "docs/guide.md": "# Guide\n",
  "vendor/lib.js": "1\n",
  "package.json": "{}\n",
  ".gitignore": "build/\n",
};

export async function inRun({ seed, folder }: Proving, calls: number): Promise<InRun> {
  mkdirSync(folder, { recursive: true });
  const lab = new Lab(SETTINGS, FILES);
  try {
    const mark = `vigilrun${seed}x`;
    const outside = [lab.repo, join(lab.repo, ".git", "config"), join(lab.repo, ".git", "vigil"), join(lab.home, "person"), join(lab.home, "data"), join(lab.repo, "src/a.js")];
    const inside = ["src/frozen/c.js", "src/frozen", "src/generated/d.js", "src/generated", "src/keys/k.txt", "src/keys", "db/1.sql", "secrets/key.pem", "src", "src/deep", "src/SRC", "src/Frozen/x", "db"];
    const targets: Reachable = { root: "/nowhere", mark, host: [...outside, ...inside, ...inside], port: 9, datagrams: 9, socket: join(lab.home, "none.sock"), abstract: mark, hostPid: process.pid };
    const chance = chanceOf(seed + 77);
    const attempts = Array.from({ length: calls }, () => attempt(targets, chance));
    await lab.serve(turns(...replies(attempts), [finish()]));
    const before = lab.fingerprint();
    const run = await lab.json(ran, "run", "Fuzz", "--stage", "bounded-write");
    const steps = all(lab, run.id, "step.finished");
    const violations = all(lab, run.id, "violation.found");
    const git = join(lab.runFolder(run.id), "git");
    const base = lab.git("rev-parse", "HEAD");
    const trees = new Set([...steps.flatMap((step) => (step.tree === undefined ? [] : [step.tree])), ...all(lab, run.id, "decision.ended").map((decision) => decision.after)]);
    const forbidden = [...trees].flatMap((tree) => forbiddenIn(git, base, tree).map((what) => `${what} stands in tree ${tree}`));
    const changed = JSON.stringify(before) === JSON.stringify(lab.fingerprint()) ? [] : ["the user's checkout changed"];
    const shown = leaks(steps.map((step) => join(lab.runFolder(run.id), "blobs", step.result)));
    const short = [...(run.state === "ready" ? [] : [`the run ended as ${run.state}: ${lab.complaints(run.id).slice(0, 500)}`]), ...(steps.length < calls ? [`only ${steps.length} of ${calls} calls were answered`] : []), ...forbidden, ...changed, ...shown];
    return { steps: steps.length, takenOut: violations.reduce((sum, violation) => sum + violation.paths.length, 0), forbidden: forbidden.length, short };
  } finally {
    await lab.close();
  }
}

function replies(attempts: readonly Attempt[]): readonly (readonly ScriptBlock[])[] {
  const blocks: ScriptBlock[][] = [];
  for (let from = 0; from < attempts.length; from += PER_DECISION) {
    blocks.push([begin(`Try ${from}`)]);
    for (const one of attempts.slice(from, from + PER_DECISION)) {
      const input = inputOf(one);
      blocks.push([call(toolOf(one), one.kind === "shell" ? { ...input, timeout_ms: 1_500 } : { ...input })]);
    }
    blocks.push([end()]);
  }
  return blocks;
}

/** Every change against the base that this policy cannot have permitted, whatever it is called. */
function forbiddenIn(git: string, base: string, tree: string): readonly string[] {
  const ask = (...args: string[]): string => execFileSync("git", [`--git-dir=${git}`, ...args], { encoding: "latin1", maxBuffer: 64 * 1024 * 1024 });
  const secret = new Set(["src/keys/k.txt", "secrets/key.pem"].map((path) => ask("rev-parse", `${base}:${path}`).trim()));
  const fields = ask("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", base, tree).split("\0");
  return fields.flatMap((field, n) => {
    if (!field.startsWith(":")) return [];
    const path = Buffer.from(fields[n + 1] ?? "", "latin1").toString("utf8");
    const [, mode = "", , object = "", status = ""] = field.split(" ");
    const why = reason(path, mode) ?? (status !== "D" && secret.has(object) ? "a hidden file's content" : undefined);
    return why === undefined ? [] : [`${why}: ${JSON.stringify(path)} (${status})`];
  });
}

function reason(path: string, mode: string): string | undefined {
  if (mode === "160000") return "a nested repository";
  if (!/^(?:src|docs|test)\//u.test(path)) return "out of scope";
  const folded = path.normalize("NFKC").replaceAll(/\p{Cf}/gu, "").toLowerCase();
  if (/^src\/(?:frozen|generated|keys)(?:\/|$)/u.test(folded)) return "a protected, read-only or hidden folder";
  if (folded.split("/").some((part) => part === ".git" || /^\.env/u.test(part) || part.endsWith(".pem"))) return "a hidden name or git's own";
  return /\p{Cc}/u.test(path) ? "a control character in a name" : undefined;
}

/** Results that showed the model what policy hides. Patches of what was taken out are a person's, and may hold it. */
function leaks(results: readonly string[]): readonly string[] {
  return results
    .map((file) => readFileSync(file, "latin1"))
    .filter((text) => text.includes(SECRET))
    .map((text) => `what policy hides was shown: ${text.slice(16, 316)}`);
}
