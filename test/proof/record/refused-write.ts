// A run whose disk refuses one place: whoever waits is told what and what to do, nothing happens that the log does not
// intend, and without the fault everything ends as it does undisturbed.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { all } from "../../runner/begun.js";
import { Lab, landed, ran, shown, type Said } from "../../runner/lab.js";
import { begin, bash, call, end, finish, turns } from "../../runner/scripts.js";
import type { Script } from "../../../src/agent/scripted/script.js";
import { RUN } from "./predictable.js";
import { CALLS, sitesIn, type Call, type Fault, type Site } from "./write-sites.js";

const AGAIN = [begin("Add instead of subtracting, again"), bash("sed -i 's/a - b/a + b/' src/sum.js && echo 1 > src/one.js"), end("sum adds")];

// A failure ends the decision that was open. Who is told that none is open does what is missing in one of its own.
const WORK: Script = {
  ...turns([begin("Add instead of subtracting")], [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" })], [bash("echo 1 > src/one.js"), end("sum adds")], [finish("sum adds")], [finish("sum adds")]),
  rules: [{ when: { lastContains: ["No decision is open. Call begin_decision"] }, turn: { blocks: AGAIN } }],
};

/** What only the agent's own command writes: that fails behind the walls, the agent is told, and what it does about it is its own affair. */
export const AGENTS_OWN = `data/vigil/worktrees/${RUN}/tree/src/one.js`;

export interface Case {
  readonly kind: string;
  readonly site: Site;
  readonly fault: Fault;
  /** None: the place is a folder, and the landing finds a file system there that refuses by itself. */
  readonly calls: readonly Call[];
}

/** git names the files in which objects arrive by chance, so the folder is made to refuse: read-only, or full after one page. */
export const ARRIVING: readonly Case[] = (["EROFS", "ENOSPC"] as const).map((fault) => ({ kind: "objects that land", site: { path: "repo/.git/objects/pack", calls: new Set(), read: true }, fault, calls: [] }));

/** What a run writes when nothing is refused, and the tree that it lands. Rejects when it does not land. */
export async function undisturbed(dist: string, trace: string): Promise<{ sites: readonly Site[]; tree: string }> {
  const lab = await labWith(dist);
  try {
    const watched = ["strace", "-f", "--seccomp-bpf", "-y", "-qq", "-A", "-o", trace, "-e", `trace=${CALLS.join(",")}`];
    const failed = (await workAndLand(lab, "run", watched)).find((said) => said.code !== 0);
    if (failed !== undefined) throw new Error(`the undisturbed run did not land: ${failed.stdout}${failed.stderr}${lab.complaints(RUN)}`);
    return { sites: sitesIn(readFileSync(trace, "utf8"), lab.home), tree: lab.git("rev-parse", "main^{tree}") };
  } finally {
    await lab.close();
  }
}

async function labWith(dist: string): Promise<Lab> {
  const lab = new Lab();
  lab.dist = dist;
  // A commit's time is part of its name, and of every name that follows from it.
  const at = "@1700000000 +0000";
  execFileSync("git", ["commit", "-q", "--amend", "--no-edit", "--date", at], { cwd: lab.repo, env: { ...lab.environment(), GIT_COMMITTER_DATE: at } });
  await lab.serve(WORK);
  return lab;
}

// git opens the files of a work tree by names relative to it. The worktree has them first, so what is for the checkout waits for the landing.
function namesOf(lab: Lab, path: string): readonly string[] {
  const within = [lab.repo, join(lab.home, "data/vigil/worktrees", RUN, "tree")].map((top) => relative(top, path)).find((name) => !name.startsWith("..") && name.split("/")[0] !== ".git");
  return within === undefined || within === "" ? [path] : [path, within];
}

function faults(paths: readonly string[], { calls, fault }: Case, trace: string): readonly string[] {
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-A", "-o", trace, ...paths.flatMap((path) => ["-P", path]), "-e", `trace=${calls.join(",")}`, "-e", `inject=${calls.join(",")}:error=${fault}`];
}

function refusing(folder: string, fault: Fault): readonly string[] {
  const mount = fault === "ENOSPC" ? 'mount -t tmpfs -o size=4k full "$0"' : 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"';
  return ["unshare", "-rm", "sh", "-c", `${mount} && exec "$@"`, folder];
}

/** A run, its review, and its landing onto the branch that is checked out, up to the first that fails; all from `verb` on led through `through`. */
async function workAndLand(lab: Lab, verb: "run" | "land", through: readonly string[]): Promise<readonly Said[]> {
  const done: Said[] = [];
  for (const words of [["run", "Make sum add", "--stage", "bounded-write"], ["review", RUN, "--accept", "all"], ["land", RUN, "--onto", "main"]]) {
    if (words[0] === verb) lab.through = through;
    const said = await lab.vigil(...words);
    done.push(said);
    if (said.code !== 0) break;
  }
  return done;
}

/** Tries one case in a lab of its own. `trace` is a file to be written, `tree` what an undisturbed run lands. Never rejects. */
export async function disturbed(one: Case, dist: string, trace: string, tree: string): Promise<{ met: boolean; problems: readonly string[] }> {
  const lab = await labWith(dist);
  let met = false;
  try {
    const path = join(lab.home, one.site.path);
    const checkout = one.kind === "files of the checkout";
    const mounted = one.calls.length === 0;
    const through = mounted ? refusing(path, one.fault) : faults(namesOf(lab, path), one, trace);
    const said = (await workAndLand(lab, checkout || mounted ? "land" : "run", through)).at(-1);
    met = mounted ? lab.through === through && said?.code !== 0 : existsSync(trace) && readFileSync(trace, "utf8").includes("(INJECTED)");
    const log = join(lab.runFolder(RUN), "log.jsonl");
    const before = existsSync(log) ? readFileSync(log) : Buffer.alloc(0);
    const problems = met && said !== undefined ? [...told(lab, said), ...stoppedFirst(lab)] : ["the fault was never met"];
    lab.through = [];
    lab.dist = new URL("../../../../dist", import.meta.url).pathname;
    return { met, problems: [...problems, ...(await afterwards(lab, before, tree, `${said?.stdout ?? ""}${said?.stderr ?? ""}`))] };
  } catch (error) {
    return { met, problems: [`it could not be followed to its end: ${error instanceof Error ? error.message : String(error)}`] };
  } finally {
    await lab.close();
  }
}

/** Whoever waited for the run reads what failed and what to do; a fault that nothing depended on needs no words. */
function told(lab: Lab, said: Said): string[] {
  if (said.code === 0) return [];
  const words = `${said.stdout}\n${said.stderr}\n${lab.complaints(RUN)}\n${[...all(lab, RUN, "run.ended"), ...all(lab, RUN, "landing.stopped")].map((event) => event.why).join("\n")}`;
  const names = /\(E[A-Z]+\)|ENOSPC|EIO|EROFS|EMFILE|No space left|Input\/output error|Read-only file system|Too many open files|disk is full/.test(words);
  const remedy = /[Ff]ree some space|[Cc]heck the disk|[Mm]ount it|[Rr]aise the limit|resume|try again|[Mm]ake it writable|[Rr]un it again/.test(words);
  if (names && remedy && !/^\s+at .*\.mjs/m.test(words)) return [];
  return [`exit ${String(said.code)}, and the person is not told ${names ? "what to do" : "what failed"}: ${JSON.stringify(words.trim().slice(-700))}`];
}

/** No model was asked and no tool was run whose intent the log does not hold. */
function stoppedFirst(lab: Lab): string[] {
  const asked = lab.model?.requests.length ?? 0;
  const intended = all(lab, RUN, "turn.requested").length;
  return asked <= intended ? [] : [`the model was asked ${String(asked)} times, and the log intends ${String(intended)}`];
}

/** Without the fault: what was begun is resumed, what was not is begun, and in the end the same has landed. */
async function afterwards(lab: Lab, before: Buffer, tree: string, words: string): Promise<string[]> {
  const problems: string[] = [];
  const begun = lab.events(RUN).length > 0;
  if (!begun && existsSync(lab.runFolder(RUN))) {
    if (!words.includes(`vigil remove ${RUN}`)) problems.push(`a run that never began was left behind: ${words.slice(-300)}`);
    else if ((await lab.vigil("remove", RUN)).code !== 0) problems.push("a run that never began cannot be removed");
  }
  const id = begun ? RUN : (await lab.json(ran, "run", "Make sum add", "--stage", "bounded-write")).id;
  const { state } = await lab.json(shown, "show", id);
  if (state === "failed" || state === "interrupted" || state === "paused") await lab.vigil("resume", id);
  if (state !== "landed") {
    await lab.vigil("review", id, "--accept", "all");
    const land = await lab.json(landed, "land", id, "--onto", "main");
    if (land.kind !== "landed") problems.push(`without the fault nothing lands (${land.kind}): ${land.why ?? ""} ${lab.complaints(id).slice(-500)}`);
  }
  const after = readFileSync(join(lab.runFolder(id), "log.jsonl"));
  const kept = before.subarray(0, before.lastIndexOf(10) + 1);
  if (begun && !after.subarray(0, kept.length).equals(kept)) problems.push("a record that was in the log is gone");
  if (lab.git("rev-parse", "main^{tree}") !== tree) problems.push("what landed is not what an undisturbed run lands");
  const status = lab.git("--no-optional-locks", "status", "--porcelain");
  if (status !== "") problems.push(`the checkout is not as it should be: ${status}`);
  const refused = lab.model?.requests.find((request) => request.problem !== undefined)?.problem;
  if (refused !== undefined) problems.push(`the service refused the conversation: ${refused}`);
  const verified = await lab.vigil("verify", id);
  if (verified.code !== 0) problems.push(`the record is not whole: ${verified.stdout}${verified.stderr}`);
  return problems;
}
