// Programs that run another program named in their arguments, and how to find that one. Tables of well-known programs;
// a program that is missing here is matched by its own name only, and still confined.

/** name → words before the inner command that are not options: `timeout 5 npm test` has one. */
export const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ...["builtin", "busybox", "caffeinate", "catchsegv", "command", "dbus-run-session", "doas", "env", "exec", "fakeroot", "gdb", "i386", "ionice", "linux32", "linux64", "ltrace", "nice", "nohup", "nsenter", "pkexec", "prlimit", "proxychains", "proxychains4", "rlwrap", "runuser", "script", "setarch", "setpriv", "setsid", "stdbuf", "strace", "sudo", "systemd-run", "time", "torsocks", "toybox", "unbuffer", "unshare", "valgrind", "xargs", "xvfb-run", "firejail", "bwrap", "numactl", "capsh", "npx", "bunx", "uvx", "pipx", "entr", "dotenv", "cross-env"].map((name): [string, number] => [name, 0]),
  ...["timeout", "gtimeout", "flock", "chroot", "taskset", "chrt", "su", "cgexec", "sg", "arch", "parallel", "watch", "ssh", "retry"].map((name): [string, number] => [name, 1]),
]);

/** Programs with a subcommand that runs what follows it. */
export const RUNNING_SUBCOMMANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["npm", ["exec", "x"]],
  ["pnpm", ["exec", "dlx"]],
  ["yarn", ["exec", "dlx"]],
  ["bun", ["x", "run"]],
  ["uv", ["run"]],
  ["poetry", ["run"]],
  ["pdm", ["run"]],
  ["pipenv", ["run"]],
  ["bundle", ["exec"]],
  ["rbenv", ["exec"]],
  ["pyenv", ["exec"]],
  ["mise", ["exec", "x"]],
  ["nix-shell", ["--run", "--command"]],
  ["nix", ["run", "develop", "shell"]],
  ["direnv", ["exec"]],
  ["conda", ["run"]],
  ["docker", ["run", "exec"]],
  ["podman", ["run", "exec"]],
  ["git", ["run"]],
]);

export const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "rbash", "yash", "posh", "tcsh", "csh"]);

/** Programs that hand their arguments, joined, to a shell. */
export const JOINING: ReadonlySet<string> = new Set(["eval", "watch", "parallel", "ssh", "trap", "alias"]);

/** Options after which a command line stands as one word, by program. */
export const SCRIPT_OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["env", ["-S", "--split-string"]],
  ["su", ["-c", "--command"]],
  ["runuser", ["-c", "--command"]],
  ["sg", ["-c"]],
  ["script", ["-c", "--command"]],
  ["flock", ["-c", "--command"]],
  ["npx", ["-c", "--call"]],
  ["npm", ["-c", "--call"]],
  ["nix-shell", ["--run", "--command"]],
  ["git", ["-c", "-x", "--exec", "--upload-pack", "--receive-pack"]],
  ["rsync", ["-e", "--rsh"]],
  ["tar", ["--to-command", "--use-compress-program", "-I", "--checkpoint-action"]],
  ["rg", ["--pre"]],
  ["sort", ["--compress-program"]],
]);

/** Options after which a command stands as words, up to `;` or `+` or the end. */
export const EXEC_OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["find", ["-exec", "-execdir", "-ok", "-okdir"]],
  ["gfind", ["-exec", "-execdir", "-ok", "-okdir"]],
  ["fd", ["-x", "-X", "--exec", "--exec-batch"]],
  ["fdfind", ["-x", "-X", "--exec", "--exec-batch"]],
]);

/** Wrappers that add arguments of their own, which nobody can know from the line. */
export const ADDS_ARGUMENTS: ReadonlySet<string> = new Set(["xargs", "parallel", "entr"]);

/** Programs that no allow rule can mean as a whole: what they do is decided by their arguments. */
export const NEVER_SAFE: ReadonlySet<string> = new Set([...WRAPPERS.keys(), ...SHELLS, ...JOINING, "git", ".", "source", "export", "declare", "typeset", "set", "shopt", "enable", "hash", "find", "gfind", "fd", "fdfind"]);

/** Programs of which an allow rule means only the exact line: their options and operands write files or run programs. */
export const EXACT_ONLY: ReadonlySet<string> = new Set([...RUNNING_SUBCOMMANDS.keys(), "awk", "bun", "cargo", "cmake", "cp", "curl", "dd", "deno", "gawk", "go", "gradle", "install", "ln", "make", "mawk", "mvn", "mv", "node", "perl", "php", "pip", "pip3", "python", "python3", "rg", "rm", "rsync", "ruby", "scp", "sed", "sort", "tar", "tee", "tree", "truncate", "uniq", "unzip", "vi", "vim", "wget", "xxd", "yes", "zip"]);
