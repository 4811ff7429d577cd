// Programs that run another program named in their arguments, and how to find that one. Tables of well-known programs;
// a program that is missing here is matched by its own name only, and still confined.

/** name → words before the inner command that are not options: `timeout 5 npm test` has one. */
export const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ...["builtin", "busybox", "caffeinate", "catchsegv", "command", "dbus-run-session", "doas", "env", "exec", "fakeroot", "gdb", "i386", "ionice", "linux32", "linux64", "ltrace", "nice", "nohup", "nsenter", "pkexec", "prlimit", "proxychains", "proxychains4", "rlwrap", "runuser", "script", "setpriv", "setsid", "stdbuf", "strace", "sudo", "systemd-run", "time", "torsocks", "toybox", "unbuffer", "unshare", "valgrind", "xargs", "xvfb-run", "firejail", "bwrap", "numactl", "capsh", "npx", "bunx", "uvx", "pipx", "entr", "dotenv", "cross-env", "corepack", "chronic", "chpst", "softlimit", "dumb-init", "tini", "eatmydata", "proot", "cpulimit", "schedtool", "hyperfine", "winpty"].map((name): [string, number] => [name, 0]),
  ...["timeout", "gtimeout", "flock", "chroot", "taskset", "chrt", "su", "cgexec", "sg", "arch", "parallel", "watch", "ssh", "retry", "setarch", "faketime", "setuidgid", "envdir", "su-exec", "gosu", "sem"].map((name): [string, number] => [name, 1]),
]);

/** The dynamic loader runs the program that it is given. */
export const LOADERS = /^ld(?:-linux|-musl|\.so|64\.so)/u;

/** Programs with a subcommand that runs what follows it, behind so many words that are not options. */
export const RUNNING_SUBCOMMANDS: ReadonlyMap<string, { readonly words: readonly string[]; readonly operands: number }> = new Map(
  (
    [
      [0, ["npm", "exec", "x"], ["pnpm", "exec", "dlx"], ["yarn", "exec", "dlx"], ["bun", "x", "run"], ["uv", "run"], ["poetry", "run"], ["pdm", "run"], ["pipenv", "run"], ["hatch", "run"], ["rye", "run"], ["pixi", "run"], ["bundle", "exec"], ["opam", "exec"], ["cabal", "exec"], ["stack", "exec"], ["git", "run"], ["perf", "stat", "record", "trace"], ["volta", "run"]],
      [1, ["rbenv", "exec"], ["pyenv", "exec"], ["nodenv", "exec"], ["asdf", "exec"], ["nvm", "exec"], ["fnm", "exec"], ["direnv", "exec"], ["conda", "run"], ["mamba", "run"], ["rustup", "run"], ["docker", "run", "exec"], ["podman", "run", "exec"]],
      [3, ["mise", "exec", "x"], ["nix-shell", "--run", "--command"], ["nix", "run", "develop", "shell"], ["guix", "shell"]],
    ] satisfies readonly (readonly [number, ...(readonly string[])[]])[]
  ).flatMap(([operands, ...programs]) => programs.map(([name = "", ...words]): [string, { words: readonly string[]; operands: number }] => [name, { words, operands }])),
);

/** Programs any of whose words may be a command line, behind one of these subcommands where there are some. */
export const INNER_SCRIPT: ReadonlyMap<string, readonly string[]> = new Map([
  ["git", ["config", "foreach"]],
  ...["concurrently", "hyperfine", "tmux", "screen", "bind"].map((name): [string, string[]] => [name, []]),
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
  ["git", ["-c", "-x", "-O", "--exec", "--extcmd", "--upload-pack", "--receive-pack", "--open-files-in-pager", "--tree-filter", "--index-filter", "--msg-filter", "--env-filter", "--commit-filter", "--parent-filter", "--tag-name-filter"]],
  ["rsync", ["-e", "--rsh"]],
  ["tar", ["--to-command", "--use-compress-program", "-I", "--checkpoint-action"]],
  ["rg", ["--pre"]],
  ["sort", ["--compress-program"]],
  ["split", ["--filter"]],
  ["entr", ["-s"]],
  ["nodemon", ["-x", "--exec"]],
  ["mapfile", ["-C"]],
  ["readarray", ["-C"]],
  ["compgen", ["-C"]],
  ["complete", ["-C"]],
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
