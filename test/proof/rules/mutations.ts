// Ways to write a command so that whoever reads it sees something else: quoting, wrapping, structure. Each is bash as it is
// found in the wild or in its manual; whether one works is for bash to say, not for this list.
import type { Chance } from "../../chance.js";

/** Where the stand-ins lie, for ways that need a program's path. */
export interface Setting {
  readonly standIns: string;
  readonly chance: Chance;
}

interface Way<T> {
  readonly name: string;
  readonly write: (given: T, setting: Setting) => string;
}

export interface Mutation {
  readonly line: string;
  /** The ways that were used, first to last. */
  readonly ways: readonly string[];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const hex = (char: string): string => char.charCodeAt(0).toString(16);

/** A word written otherwise. */
const words: readonly Way<string>[] = [
  { name: "single quotes", write: (word) => `'${word}'` },
  { name: "double quotes", write: (word) => `"${word}"` },
  { name: "quotes inside", write: (word, { chance }) => inserted(word, chance.pick(["''", '""', '"$()"', "${nothing}", "$@", "``"]), chance) },
  { name: "a backslash", write: (word, { chance }) => inserted(word, "\\", chance) },
  { name: "a continued line", write: (word, { chance }) => inserted(word, "\\\n", chance) },
  { name: "a NUL", write: (word, { chance }) => inserted(word, "\0", chance) },
  { name: "a continued line in quotes", write: (word, { chance }) => `"${inserted(word, "\\\n", chance)}"` },
  { name: "ANSI-C hexadecimal", write: (word) => `$'${Array.from(word, (char) => `\\x${hex(char)}`).join("")}'` },
  { name: "ANSI-C braces", write: (word) => `$'${Array.from(word, (char) => `\\x{f${hex(char)}}`).join("")}'` },
  { name: "ANSI-C octal", write: (word) => `$'${Array.from(word, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`).join("")}'` },
  { name: "ANSI-C Unicode", write: (word) => `$'${Array.from(word, (char) => `\\u00${hex(char)}`).join("")}'` },
  { name: "translated quotes", write: (word) => `$"${word}"` },
  { name: "a default value", write: (word) => `\${nothing:-${word}}` },
  { name: "a substitution", write: (word) => `$(echo ${word})` },
  { name: "backquotes in quotes", write: (word) => `"\`echo \\"${word}\\"\`"` },
  { name: "a brace with nothing", write: (word) => `${word.slice(0, 1)}{${word.slice(1)},}` },
  { name: "a look-alike letter", write: (word) => word.replace("m", "\u043c").replace("s", "\u0455").replace("i", "\u0456") },
  { name: "a full-width letter", write: (word) => String.fromCodePoint(0xfee0 + word.charCodeAt(0)) + word.slice(1) },
  { name: "a zero-width letter", write: (word, { chance }) => inserted(word, "\u200b", chance) },
];

/** A command of plain words behind or before others: it stays one command. */
const commands: readonly Way<string>[] = [
  ...["env", "env -u HOME", "env A=1", "env a.b=1 1=1", "env -i PATH=\"$PATH\"", "timeout 5", "timeout -s KILL 5", "timeout --preserve-status -k 1 5", "nice", "nice -n 1", "nohup", "setsid -w", "stdbuf -oL", "sudo", "doas", "command", "command -p --", "command --", "exec", "exec -a ls", "builtin command", "eval", "eval --", "time", "time -p --", "time --", "!", "coproc", "ionice -c 3", "flock .lock", "find . -maxdepth 0 -exec", "A=1", "A+=1 B=2", 'A["0"]=1', "A[1 + 1]=1", ">out", "2>&1", "{fd}>out", ">out <src/a.js", "xargs -a /dev/null", "/usr/bin/env", "setarch x86_64", "\\\n", "prlimit --nofile=64", "chrt -o 0", "taskset -c 0"].map((before) => ({
    name: before.replaceAll("\n", "⏎"),
    write: (command: string) => (before.startsWith("find") ? `${before} ${command} \\;` : `${before} ${command}`),
  })),
  { name: "the last word from xargs", write: (command) => command.replace(/^(.*) (\S+)$/su, "echo $2 | xargs $1") },
  { name: "the last word replaced by xargs", write: (command) => command.replace(/^(.*) (\S+)$/su, "echo $2 | xargs -I% $1 %") },
  { name: "the last word from -exec", write: (command) => command.replace(/^(.*) (\S+)$/su, "touch $2; find $2 -exec $1 $2 \\;") },
  { name: "its path", write: (command, { standIns }) => `${standIns}/${command}` },
  { name: "its path with a wildcard", write: (command, { standIns }) => `${standIns}/${command.replace(/^(\S)\S/u, "$1?")}` },
  { name: "its path as HOME", write: (command, { standIns }) => command.replace(/^(\S+)/u, `HOME=${standIns}/$1; ~`) },
  { name: "its path by the loader", write: (command, { standIns }) => `/lib64/ld-linux-x86-64.so.2 /bin/sh ${standIns}/${command}` },
  { name: "its path hashed under another name", write: (command, { standIns }) => command.replace(/^(\S+)/u, `hash -p ${standIns}/$1 ls; ls`) },
  { name: "another name in BASH_CMDS", write: (command, { standIns }) => command.replace(/^(\S+)/u, `BASH_CMDS[ls]=${standIns}/$1; ls`) },
  { name: "a variable", write: (command) => command.replace(/^(\S+)/u, "X=$1; $$X") },
  { name: "a variable of all words", write: (command) => `X=${quoted(command)}; $X` },
  { name: "positional words", write: (command) => `set -- ${command}; "$@"` },
  { name: "IFS", write: (command) => command.replaceAll(" ", "$IFS") },
  { name: "braces", write: (command) => `{${command.replaceAll(" ", ",")}}` },
  { name: "a hard space", write: (command) => command.replace(" ", "\u00a0") },
  { name: "tabs", write: (command) => command.replaceAll(" ", "\t") },
  { name: "an alias", write: (command) => command.replace(/^(\S+)/u, "alias ls=$1\nls") },
  { name: "an alias in BASH_ALIASES", write: (command) => command.replace(/^(\S+)/u, "BASH_ALIASES[ls]=$1\nls") },
  { name: "a function's arguments", write: (command) => command.replace(/^(\S+)/u, "ls() { $1 \"$$@\"; }; ls") },
  { name: "env -S", write: (command) => `env -S ${quoted(command)}` },
  { name: "env -vS with escapes", write: (command) => `env -vS ${quoted(command.replaceAll(" ", "\\_"))}` },
];

/** A whole script inside another line. */
const lines: readonly Way<string>[] = [
  ...[
    ["sh -c ", ""], ["bash -c ", ""], ["bash -lc ", ""], ["bash -oe pipefail -c ", ""], ["bash +x -e -c ", ""], ["dash -c ", ""], ["/proc/self/exe -c ", ""], ["eval ", ""], ["trap ", " EXIT"], ["trap -- ", " EXIT"],
    ["bash <<< ", ""], [". /dev/stdin <<< ", ""], ["bash /dev/stdin <<< ", ""], ["bash -s <<< ", ""], ["printf '%s\\n' ", " | sh"], ["echo ", " | xargs -I% sh -c %"], ["script -qc ", " /dev/null"], ["timeout 5 env nice bash -c ", ""], ["flock .lock -c ", ""],
    ["find . -maxdepth 0 -exec sh -c ", " \\;"], ["GIT_PAGER=", " bash -c 'eval \"$GIT_PAGER\"'"], ["X=", "; eval \"$X\""], ["bash -c '$0' ", ""],
  ].map(([before = "", after = ""]) => ({ name: `${before}…${after}`, write: (script: string) => `${before}${quoted(script)}${after}` })),
  ...[
    ["ls; ", ""], ["true && ", ""], ["false || ", ""], ["ls\n", ""], ["ls & ", "; wait"], ["ls |& ", ""], ["(", ")"], ["{ ", "; }"], ["if true; then ", "; fi"], ["if ", "; then :; fi"], ["for x in 1; do ", "; done"], ["for x in 1; { ", "; }"], ["until ", "; do break; done"], ["case a in a) ", ";; esac"], ["case esac in (esac) ", ";; esac"],
    ["f() { ", "; }; f"], ["function f { ", "; }\nf"], ["ls $(", ")"], ['ls "$(', ')"'], ["ls `", "`"], ["ls <(", "); wait"], ['ls "${x:-$(', ')}"'], ["ls \"${x:-'$(", ")'}\""], ["x=$(", ")"], ["x=(1 $(", "))"], ["echo $(( 1 + $(", " >/dev/null; echo 1) ))"],
    ["cat <<E\n$(", ")\nE"], ["cat <<E\n`ls`'$(", ")'\nE"], ["bash <<'E'\n", "\nE"], ["cat <<E | sh\n", "\nE"], ["cat <<'E'\n$(x)\nE\n", ""], ["cat <<E\nE\\\nE\n", "\nE"], ["cat <<\\\n-E\nx\nE\n", "\n-E\n"], ["cat <<A $(\n", "\nA\n)\nA\n"], ["echo `cat <<A`\n", "\nA\n"], ["cat <<EO\\\nF\nx\nEOF\n", ""],
    ["ls # ", "\n"], ["ls #\\\n", ""], ["ls #'\n", " #'"], [">out [[ x\n", "\n]]"], ["[[ 'a[$(", ">&2)]' -eq 0 ]]"], ["test -v 'a[$(", ">&2)]'"], ["x='a[$(", ">&2)]'; echo $((x))"], ["PS4='$(", " >&2)'; set -x; ls"], ["echo \"$\\\n(", ")\""], ["! ", ""], ["", " | cat"], ["", " &\nwait"], ["", " # a comment"], ["\n\n", "\n"], [". <(echo \"", "\")"], ["BASH_ENV=<(echo \"", "\") bash -c :"], ["mapfile -c 1 -C '", " #' <src/a.js"], ["compgen -W '$(", " >&2)'"], ["coproc { ", "; }; wait"],
  ].map(([before = "", after = ""]) => ({ name: `${before}…${after}`.replaceAll("\n", "⏎"), write: (script: string) => `${before}${script}${after}` })),
];

/** Another command hidden in or beside a harmless one, or the harmless one made to do something else. */
const companies: readonly Way<readonly [string, string]>[] = [
  ...["; ", " & ", " && ", " || ", " | ", "\n", "\r\n", " |& ", ";;"].map((between) => ({ name: `…${JSON.stringify(between)}…`, write: ([plain, other]: readonly [string, string]) => `${plain}${between}${other}` })),
  ...[['"$(', ')"'], ["$(", ")"], ["`", "`"], ["<(", ")"], ["\"`", "`\""], ["${x:-$(", ")}"], ["$[1+$(", ">&2)]"], ["<<< $(", ")"], ["\\\n", ""], [">out; ", ""], ["# \n", ""], ["<<E\n$(", ")\nE"], [">$(", ")"], ["\u2028", ""], ["\u00a0;", ""], ["\v", ""]].map(([before = "", after = ""]) => ({
    name: `… ${before}…${after}`.replaceAll("\n", "⏎"),
    write: ([plain, other]: readonly [string, string]) => `${plain} ${before}${other}${after}`,
  })),
  { name: "an alias of its name", write: ([plain, other]) => `alias ${plain.split(" ")[0] ?? ""}=${quoted(other)}\n${plain}` },
  { name: "a function of its name", write: ([plain, other]) => `${plain.split(" ")[0] ?? ""}() { ${other}; }; ${plain}` },
  { name: "a path before it", write: ([plain]) => `PATH=/usr/bin:/bin ${plain}` },
  { name: "its output in a file", write: ([plain]) => `${plain} >out` },
  { name: "its errors in a file", write: ([plain]) => `${plain} 2>out` },
  { name: "an option more", write: ([plain]) => `${plain} --output=out` },
  { name: "a word more", write: ([plain]) => `${plain} ../../x` },
  { name: "a folder of the system", write: ([plain]) => `${plain} /etc/passwd` },
  { name: "a brace", write: ([plain]) => `${plain} {a,b}` },
  { name: "a wildcard", write: ([plain]) => `${plain} s*` },
  { name: "somebody's folder", write: ([plain]) => `${plain} ~` },
];

/** A strict rule's command in disguise. */
export function disguised(command: string, setting: Setting): Mutation {
  const { chance } = setting;
  const ways: string[] = [];
  const apply = <T>(from: readonly Way<T>[], given: T): string => {
    const way = chance.pick(from);
    ways.push(way.name);
    return way.write(given, setting);
  };
  let text = command;
  if (!chance.oneIn(3)) {
    const parts = text.split(" ");
    const at = chance.below(2);
    parts[at] = apply(words, parts[at] ?? "");
    text = parts.join(" ");
  }
  for (let times = chance.below(3); times > 0; times -= 1) text = apply(commands, text);
  for (let times = chance.below(3); times > 0 || ways.length === 0; times -= 1) text = apply(lines, text);
  return { line: text, ways };
}

/** A command that an allow rule names, written so that it may do something else. */
export function corrupted(plain: string, other: string, setting: Setting): Mutation {
  const { chance } = setting;
  if (chance.oneIn(2)) return disguised(plain, setting);
  const hidden = chance.oneIn(2) ? { line: other, ways: [] } : disguised(other, setting);
  const way = chance.pick(companies);
  return { line: way.write([plain, hidden.line], setting), ways: [...hidden.ways, way.name] };
}

function inserted(word: string, what: string, chance: Chance): string {
  const at = 1 + chance.below(Math.max(1, word.length - 1));
  return word.slice(0, at) + what + word.slice(at);
}
