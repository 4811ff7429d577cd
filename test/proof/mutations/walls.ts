// The walls: each namespace, mount, mask and system call rule, and what starts and ends a confined process.
import { attack, selfTest, test, without, type Mutation } from "./mutation.js";

const ARGUMENTS = "src/sandbox/bubblewrap-arguments.ts";
const COMPOSE = "src/sandbox/compose.ts";
const BUBBLEWRAP = "src/sandbox/bubblewrap.ts";
const SECCOMP = "src/sandbox/seccomp.ts";
const CHECK = "src/sandbox/check-walls.ts";
const FILES = "src/sandbox/workshop-files.ts";
const START = "src/sandbox/start-workshop.ts";

export const wallMutations: readonly Mutation[] = [
  without("every namespace is its own", ARGUMENTS, '["--unshare-all", ', "[", selfTest),
  without("the network namespace", ARGUMENTS, '["--unshare-all", ', '["--unshare-all", "--share-net", ', selfTest),
  without("no further user namespaces", ARGUMENTS, '"--disable-userns", ', "", test("sandbox/walls", "further user namespaces")),
  without("a session of its own", ARGUMENTS, ', "--new-session"', "", test("sandbox/inside", "a session of its own")),
  without("the machine's name is covered", ARGUMENTS, '"--hostname", "vigil", ', "", attack("sys-12")),
  {
    // Twice over: what starts the walls has no environment, and bubblewrap clears it.
    defence: "an empty environment",
    edits: [
      { file: ARGUMENTS, find: ', "--clearenv"', replace: "" },
      { file: BUBBLEWRAP, find: 'env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },', replace: "env: process.env," },
    ],
    noticed: selfTest,
  },
  without("the system's folders are read-only", ARGUMENTS, ': ["--ro-bind", folder, folder];', ': ["--bind", folder, folder];', selfTest),
  without("secrets of /etc are covered", ARGUMENTS, "[...shown, ...secrets, ", "[...shown, ", attack("sys-14")),
  without("kernel settings are read-only", ARGUMENTS, ", ...kernelSettings()", "", selfTest),
  without("devices of its own", ARGUMENTS, '"--dev", "/dev"]', '"--dev-bind", "/dev", "/dev"]', attack("fsw-09")),
  without("/tmp of its own", ARGUMENTS, '"--tmpfs", "/tmp", ', '"--bind", "/tmp", "/tmp", ', selfTest),
  without("/var/tmp of its own", ARGUMENTS, '"--tmpfs", "/var/tmp", ', '"--bind", "/var/tmp", "/var/tmp", ', selfTest),
  without("the rest of the root is absent", ARGUMENTS, '["--tmpfs", "/"],', '["--bind", "/", "/"],', selfTest),
  without("the root itself is read-only", ARGUMENTS, '["--remount-ro", "/"],', "[],", selfTest),
  without("the filter of system calls", ARGUMENTS, '"--seccomp", `${FILTER_DESCRIPTOR}`, ', "", selfTest),
  without("folders that are never shown are covered among the system's", ARGUMENTS, "...covered.flatMap((path) => [\"--tmpfs\", path])", "", test("sandbox/attacks")),
  without("processes are listed of this namespace only", ARGUMENTS, '["--proc", "/proc", ', '["--ro-bind", "/proc", "/proc", ', selfTest),

  without("hidden files are masked", COMPOSE, "  operations.push(...masks(walls, root));", "", selfTest),
  without("read-only paths are held in a writable tree", COMPOSE, "  operations.push(...stillness(walls, root));", "", selfTest),
  without("the read-only tree", COMPOSE, '  if (tree.kind === "read") operations.push("freeze");', "", test("sandbox/inside", "may only be read")),
  without("inherited descriptors are closed", COMPOSE, 'if [ "$fd" -gt 5 ]', 'if [ "$fd" -gt 500 ]', selfTest),
  without("no core dumps", COMPOSE, "ulimit -c 0\n", "", test("sandbox/inside", "leaves a core")),
  without("a mount point is entered and looked at, not named", COMPOSE, 'here() { [ "$(readlink /proc/self/cwd)" = "$1" ] || ', "here() { true || ", test("sandbox/hostile-host")),
  without("layers keep what lies below", COMPOSE, 'operations.push("over", tree.lower ?? root, tree.upper, tree.work);', 'operations.push("tree", root);', attack("ctl-17")),
  without("the agent's git directory lies over the worktree's", COMPOSE, '  if (git !== undefined) operations.push("put", ".git", git.dir);', "", { by: "useful", ids: ["ok-02"] }),

  without("every wall stands before anything is confined", BUBBLEWRAP, "if (!test.passed) throw", "if (false) throw", test("sandbox/inside", "where the self-test fails")),
  without("the end of a workshop ends all its processes", BUBBLEWRAP, '    process.kill(pid, "SIGKILL");', "    return;", attack("bg-01")),
  without("files with a second name are copied first", "src/sandbox/begin.ts", "-links +1", "-links +9999", attack("fsw-06")),
  without("keys and loader variables stay out", CHECK, "&& !/^(ANTHROPIC_|LD_|BASH_ENV$)/i.test(name)", "", test("sandbox/walls", "keep keys out")),
  without("a root that holds the home is refused", CHECK, 'if (root === "/" || inside(root, home)) refuse', "if (false) refuse", test("sandbox/walls", "refuse a root")),
  without("masks outside the tree are refused", CHECK, "if (!inside(root, path) || path === root) refuse", "if (false) refuse", test("sandbox/walls", "refuse masks")),
  without("the agent's git directory must be a folder", CHECK, "if (kind === undefined || !kind.isDirectory()) refuse", "if (false) refuse", test("sandbox/inside", "is a folder, or nothing")),
  {
    defence: "strange paths, in the judge and in the file tool",
    edits: [
      { file: "src/core/judge/strange-path.ts", find: '  if (path === "") return "it is empty";', replace: "  if (path.length >= 0) return undefined;" },
      { file: FILES, find: "  const parts = path.split(/[\\\\/]/)", replace: "  if (path.length >= 0) return;\n  const parts = path.split(/[\\\\/]/)" },
    ],
    noticed: attack("edit-11", "edit-13", "edit-18"),
  },
  without("hidden files are refused by the file tool", FILES, "  if (over !== undefined) throw", "  if (false) throw", test("sandbox/tools")),
  without("a result's length is capped on the way out", START, "said.length > TEXT_LIMIT ?", "false ?", test("sandbox/inside", "says too much")),
  without("a workshop that speaks unasked is given up", START, 'if (waiting === undefined) throw new Error("it spoke without being asked");', "", test("sandbox/hostile-host", "without being asked")),
  without("a workshop that does not answer is ended", START, "setTimeout(() => { give(`it did not answer within ${withinMs / 1000} s`); }, withinMs)", "setTimeout(() => undefined, withinMs)", test("sandbox/inside", "does not answer is ended")),
  without("an answer must be to what was asked", START, 'if (reply.kind !== "result" || reply.n !== n) return', 'if (reply.kind !== "result") return', test("sandbox/inside", "answers another question")),

  without("refused system calls", SECCOMP, "program.push(...forCall(call, processor, [answer(ANSWER.notPermitted)]));", "program.push(...forCall(call, processor, [answer(ANSWER.allow)]));", selfTest),
  without("system calls that do not exist inside", SECCOMP, "[answer(ANSWER.noSuchCall)]", "[answer(ANSWER.allow)]", test("unit/seccomp")),
  without("no new namespaces by clone", SECCOMP, "...forCall(clone, processor, refuseBits(NEW_NAMESPACES)),", "", test("unit/seccomp")),
  without("no new namespaces by unshare", SECCOMP, "...forCall(unshare, processor, refuseBits(NEW_NAMESPACES | NEW_TIME)),", "", test("unit/seccomp")),
  without("families of sockets", SECCOMP, "...forCall(socket, processor, socketRules()),", "", selfTest),
  without("requests that type into a terminal", SECCOMP, "...forCall(ioctl, processor, terminalRules()),", "", test("unit/seccomp")),
  without("system calls by another table of numbers", SECCOMP, "whenBits(X32, 0, 1), answer(ANSWER.notPermitted)", "whenBits(X32, 0, 1), answer(ANSWER.allow)", test("unit/seccomp")),
  without("another processor's system calls", SECCOMP, "  answer(ANSWER.kill),", "  answer(ANSWER.allow),", test("unit/seccomp")),
];
