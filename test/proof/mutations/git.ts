// How git is kept harmless outside of the walls, and what of the person's repository a run may touch.
import { attack, test, without, type Mutation } from "./mutation.js";

const HOST = "src/git/host.ts";
const PRIVATE = "src/git/private-git.ts";

const setting = (line: string): Mutation => without(`git's setting ${line.split("=")[0] ?? ""}`, HOST, `  "${line}",\n`, "", test("git/hardening", line.split("=")[0] ?? ""));
const surrounding = (line: string): Mutation => without(`git's surroundings: ${line.split(":")[0] ?? ""}`, HOST, `  ${line},\n`, "", test("git/hardening", line.split(":")[0] ?? ""));

export const gitMutations: readonly Mutation[] = [
  ...["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null", "diff.external=", "submodule.recurse=false", "gc.auto=0", "maintenance.auto=false", "safe.bareRepository=explicit", "commit.gpgsign=false", "credential.helper=", "protocol.allow=never", "protocol.file.allow=always", "core.fsync=objects,reference,index"].map(setting),
  ...['HOME: "/nonexistent"', 'GIT_CONFIG_GLOBAL: "/dev/null"', 'GIT_CONFIG_NOSYSTEM: "1"', 'GIT_OPTIONAL_LOCKS: "0"', 'GIT_NO_REPLACE_OBJECTS: "1"', 'GIT_NO_LAZY_FETCH: "1"', 'GIT_TERMINAL_PROMPT: "0"', 'GIT_LITERAL_PATHSPECS: "1"'].map(surrounding),
  without("git is told its directory and discovers none", HOST, "    `--git-dir=${door.gitDir}`,\n", "", test("git/hardening", "goes to no folder")),
  without("no attribute of the tree has a say", PRIVATE, '"* -text -eol -crlf -filter -ident -working-tree-encoding !diff !merge !whitespace\\n"', '""', attack("rev-04")),
  without("the agent's git is a copy of its own", "src/runner/walls.ts", "git: { dir: worktree.agentGit, borrows: [worktree.history] },", "git: { dir: worktree.gitDir, borrows: [] },", attack("git-46")),
  without("an index of the agent's making is made anew", "src/git/agent-git.ts", "  await erase(worktree.agentGit);\n  await rename(folder, worktree.agentGit);", "  await rename(folder, worktree.agentGit).catch(() => undefined);", test("git/worktree")),
  without("objects are checked on their way into the repository", "src/git/land.ts", '"transfer.fsckObjects=true", "fetch.fsckObjects=true", ', "", test("git/land")),
  without("a branch that moved is left alone", "src/git/land.ts", "  if (tip !== expect) return { kind: \"moved\", tip };\n  await notUnderWay", "  await notUnderWay", test("git/land")),
  without("no file is deleted through a link", "src/git/restore.ts", "    if (!(await lstat(place(depth)).then((found) => found.isDirectory(), () => false))) return;", "", test("git/snapshot")),
];
