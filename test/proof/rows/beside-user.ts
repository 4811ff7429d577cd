// A person's own git commands while runs checkpoint and land beside them: none fails because of a run, and what they made
// is what they would have made alone. The control is the same work, by the same seed, in a twin that no run knows.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { landed, Lab, ran } from "../../runner/lab.js";
import { chanceOf } from "../../chance.js";
import { landAgain, landByPerson, landByThemselves, nothingBeside, PARTS, privateGits, type Beside } from "../record/runs-beside.js";
import { UserAtWork } from "../record/user-commands.js";
import type { Outcome, Proving, Row } from "../row.js";

export const besideUser: Row = {
  id: "beside-user",
  title: "1,000 user git commands beside runs that checkpoint and land",
  target: "0 fail, nothing of theirs lost, git fsck clean",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size, seed } = proving;
  const commands = size === "whole" ? 1_000 : 60;
  const lab = new Lab();
  const twinHome = join(lab.home, "twin");
  const short: string[] = [];
  try {
    mkdirSync(twinHome);
    cpSync(lab.repo, join(twinHome, "repo"), { recursive: true });
    const control = new UserAtWork(twinHome, chanceOf(seed));
    await control.settle();
    await control.work(commands);
    if (control.failed.length > 0) return { kind: "not shown", why: `${String(control.failed.length)} of the commands fail without any run too: ${control.failed[0]?.command ?? ""}: ${control.failed[0]?.said ?? ""}` };
    proving.say(`control: ${String(control.commands)} commands, none failed`);

    await lab.serve(PARTS);
    const user = new UserAtWork(lab.home, chanceOf(seed));
    await user.settle();
    const seen = nothingBeside();
    let over = false;
    const runs = [landByThemselves(lab, seen, () => over), ...(size === "whole" ? [landByPerson(lab, seen, () => over)] : [])];
    // Nothing is beside the person until a run writes.
    await anyRun(lab);
    await user.work(commands);
    over = true;
    await Promise.all(runs);
    proving.say(`${String(user.commands)} commands beside ${String(seen.runs)} runs, ${String(user.failed.length)} failed`);
    short.push(...user.failed.map(({ command, said }) => `${command}: ${said}`), ...seen.short);
    short.push(...differences(stateOf(join(twinHome, "repo")), stateOf(user.repo)));
    const checkout = size === "whole" ? await ontoCheckout(lab, seen, 10) : { landings: 0, looks: 0, short: [] };
    short.push(...checkout.short, ...(await heldLocks(lab, seen, LOCKS.slice(0, size === "whole" ? LOCKS.length : 1))), ...fsckProblems(lab));
    return {
      kind: "shown",
      figure: `${String(user.failed.length)} of ${String(user.commands)} commands failed beside ${String(seen.runs)} runs with ${String(seen.checkpoints)} checkpoints, ${String(seen.landings)} landings and ${String(seen.undone)} taken back (${String(seen.again.length)} met a lock, said so and were given again); control: 0 of ${String(control.commands)}; refs, stash, index and files equal to the control's. Onto the branch that is checked out, between commands: ${String(checkout.landings)} landings beside ${String(checkout.looks)} git status, none failed`,
      met: short.length === 0,
      short,
      details: { again: seen.again, checkpoints: seen.checkpoints },
    };
  } finally {
    await lab.close();
  }
}

async function anyRun(lab: Lab): Promise<void> {
  const runs = join(lab.repo, ".git", "vigil", "runs");
  const begins = (): boolean => {
    try {
      return readdirSync(runs).some((id) => lab.events(id).some((event) => event.kind === "worktree.created"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
  };
  for (const deadline = Date.now() + 60_000; !begins(); ) {
    if (Date.now() > deadline) throw new Error("no run began");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** All that is the person's: branches, tags, remote copies, stash, index, and every file with its content. */
function stateOf(repo: string): ReadonlyMap<string, string> {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: repo, encoding: "utf8" });
  const state = new Map<string, string>();
  const references = git("for-each-ref", "--format=%(refname) %(objectname)").split("\n").filter((line) => line !== "" && !/^refs\/(vigil|heads\/vigil)\//.test(line));
  for (const line of references) state.set(line.split(" ")[0] ?? "", line);
  state.set("HEAD", git("symbolic-ref", "HEAD"));
  state.set("stash", git("stash", "list"));
  state.set("index", git("ls-files", "--stage"));
  state.set("status", git("--no-optional-locks", "status", "--porcelain"));
  state.set("worktrees", String(git("worktree", "list", "--porcelain").split("\n").filter((line) => line.startsWith("worktree ")).length));
  for (const entry of readdirSync(repo, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.startsWith(join(repo, ".git"))) state.set(path.slice(repo.length + 1), readFileSync(path, "latin1"));
  }
  return state;
}

function differences(alone: ReadonlyMap<string, string>, beside: ReadonlyMap<string, string>): string[] {
  return [...new Set([...alone.keys(), ...beside.keys()])].filter((key) => alone.get(key) !== beside.get(key)).map((key) => `${key} is not what it is without the runs: ${JSON.stringify(beside.get(key)?.slice(0, 100))} instead of ${JSON.stringify(alone.get(key)?.slice(0, 100))}`);
}

/** Landings onto the branch that is checked out, while an editor asks for the status all the time. */
async function ontoCheckout(lab: Lab, seen: Beside, count: number): Promise<{ landings: number; looks: number; short: string[] }> {
  const short: string[] = [];
  const run = await lab.json(ran, "run", "Parts for the checkout", "--stage", "bounded-write");
  await lab.vigil("review", run.id, "--accept", "all");
  const own = lab.git("rev-parse", "HEAD");
  let looks = 0;
  let landings = 0;
  let over = false;
  const editor = (async () => {
    const user = new UserAtWork(lab.home, chanceOf(1));
    while (!over) {
      await user.look();
      looks += 1;
    }
    short.push(...user.failed.map(({ command, said }) => `${command} during a landing onto the checkout: ${said}`));
  })();
  for (let n = 0; n < count; n++) {
    if (!(await landAgain(lab, run.id, seen, ["--onto", "main"]))) break;
    landings += 1;
    if (lab.git("--no-optional-locks", "status", "--porcelain") !== "") short.push("files and index do not fit after a landing onto the checkout");
    const back = await lab.vigil("unland", run.id);
    if (back.code !== 0 || lab.git("rev-parse", "HEAD") !== own) short.push(`taking back a landing onto the checkout: ${back.stderr}`);
  }
  over = true;
  await editor;
  return { landings, looks, short };
}

/** A lock that a git of the person's may hold, and the branch whose landing needs it. */
const LOCKS = [["index.lock", "main"], ["refs/heads/main.lock", "main"], ["HEAD.lock", "main"], ["refs/heads/vigil/held.lock", "vigil/held"]] as const;

/** Locks that a git of the person's holds: the landing changes nothing and says why; when it is let go of, it lands. */
async function heldLocks(lab: Lab, seen: Beside, locks: readonly (typeof LOCKS)[number][]): Promise<string[]> {
  const short: string[] = [];
  const run = await lab.json(ran, "run", "Parts beside a lock", "--stage", "bounded-write");
  await lab.vigil("review", run.id, "--accept", "all");
  for (const [lock, onto] of locks) {
    const path = join(lab.repo, ".git", lock);
    mkdirSync(join(path, ".."), { recursive: true });
    const before = lab.git("for-each-ref", "refs/heads");
    writeFileSync(path, "");
    const blocked = await lab.json(landed, "land", run.id, "--onto", onto);
    const kept = readFileSync(path, "utf8") === "";
    rmSync(path, { force: true });
    if (blocked.kind !== "blocked" || !/another git|Another git/.test(blocked.why ?? "") || !/try again/.test(blocked.why ?? "")) short.push(`beside a held ${lock} the landing was ${blocked.kind}: ${blocked.why ?? ""}`);
    if (!kept || lab.git("for-each-ref", "refs/heads") !== before) short.push(`beside a held ${lock} something was changed`);
    if ((await landAgain(lab, run.id, seen, ["--onto", onto])) && (await lab.vigil("unland", run.id)).code !== 0) short.push(`the landing after a held ${lock} could not be taken back`);
  }
  return short;
}

function fsckProblems(lab: Lab): string[] {
  return [join(lab.repo, ".git"), ...privateGits(lab)].flatMap((folder) => {
    try {
      execFileSync("git", ["--git-dir", folder, "fsck", "--full", "--no-dangling"], { stdio: "pipe" });
      return [];
    } catch (error) {
      return [`git fsck of ${folder.includes("vigil") ? "a run" : "the repository"}: ${String((error as { stderr?: Buffer }).stderr)}`];
    }
  });
}
