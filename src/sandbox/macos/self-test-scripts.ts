// What the self-test runs inside the walls on macOS, in the system's bash (3.2) and Node. Each line of output is a name and
// an answer; the host knows which answer is the right one. Nothing in here may harm a Mac whose walls do not hold: it reads,
// it asks, and it writes only what nobody else has.
import { TRY } from "../self-test-scripts.js";

/** Variables that the backend sets, those that bash adds, and one that Apple's libraries put into every process. */
const OWN_VARIABLES = "PATH|HOME|TMPDIR|LANG|TERM|SHELL|PWD|OLDPWD|SHLVL|_|VIGIL_[A-Z_]+|[A-Z]+_(ROOT|HOME|DIR|DATA_DIR)|__CF_USER_TEXT_ENCODING";

/** First of all, and where nothing is killed at the end: whom could this process kill? `$VIGIL_PIDS`: all processes of before. */
export const SIGNALS_SCRIPT = `${TRY}
for pid in $VIGIL_PIDS; do kill -0 "$pid" 2>/dev/null && echo "foreign $pid"; done
try own 'kill -0 "$PPID"'
echo "asked yes"
`;

/** In a writable tree. `more`: variables that the walls set besides. */
export function writeScript(more: readonly string[]): string {
  return `${TRY}
try write-tree 'echo x >./new && [ -s ./new ]'
try write-layer '[ "$(<./layer/kept)" = CANARY ] && echo x >./layer/kept && [ "$(<./layer/kept)" = x ]'
try write-home 'echo x >"$HOME/new" && echo x >"$TMPDIR/new"'
try node 'node -v | grep -q "^v[0-9]"'
try child 'node -e "process.exit(require(\\"node:child_process\\").execFileSync(\\"/bin/echo\\", [\\"x\\"]).length === 2 ? 0 : 1)"'
try npm 'npm -v | grep -q "^[0-9]"'
try git 'git init -q ./repository && git -C ./repository status'
try read-outside 'read -r line <"$VIGIL_CANARY"'
try read-alias 'read -r line <"/System/Volumes/Data$VIGIL_CANARY"'
try list-home 'ls "$VIGIL_HOME/"'
try nested 'sandbox-exec -p "(version 1)(allow default)" /bin/cat "$VIGIL_CANARY" | grep -q CANARY'
try write-outside 'echo x >"$VIGIL_CANARY"'
for folder in /usr/local /opt /Library /private/etc /private/tmp /private/var/tmp "$VIGIL_HOME"; do
  try write-system 'echo x >"$folder/vigil-probe" && rm -f "$folder/vigil-probe"'; done
try write-still 'echo x >./still/new || echo x >./still/kept || mv ./still ./moved'
try write-git 'mkdir ./.git || echo x >./.git || { mkdir ./made && mv ./made ./.git; }'
try read-hidden 'read -r line <./folder/hidden'
try carry-hidden 'mv ./folder ./carried || mv ./folder/hidden ./carried || rm -f ./folder/hidden'
try link-hidden 'ln ./folder/hidden ./second && read -r line <./second'
try clone-hidden 'cp -c ./folder/hidden ./third && read -r line <./third'
try connect '(exec 9<>"/dev/tcp/127.0.0.1/$VIGIL_PORT")'
try connect-unix 'node -e "require(\\"node:net\\").connect(process.env.VIGIL_SOCKET).on(\\"connect\\", () => process.exit(0)).on(\\"error\\", () => process.exit(1))"'
try listen 'node -e "require(\\"node:net\\").createServer().on(\\"error\\", () => process.exit(1)).listen(0, () => process.exit(0))"'
try names 'node -e "require(\\"node:dns\\").lookup(process.env.VIGIL_NAME, (error) => process.exit(error ? 1 : 0))"'
try signal 'kill -0 "$VIGIL_HOST_PID"'
try look-at-host 'ps -o command= -p "$VIGIL_HOST_PID" | grep -q .'
try keychain 'security dump-keychain | grep -q .'
try launchd 'launchctl print "gui/$UID"'
try preferences 'defaults read -g | grep -q .'
try clipboard 'pbpaste | grep -q .'
try applications 'lsappinfo list | grep -q .'
try spotlight 'mdfind -onlyin / -count "kMDItemFSName == Library" | grep -q "[1-9]"'
open=
for fd in /dev/fd/*; do fd=\${fd##*/}; if [ "$fd" -gt 2 ] && { : <&"$fd"; } 2>/dev/null; then open="$open $fd"; fi; done
echo "descriptors \${open:-none}"
leaked=
while IFS= read -r name; do [[ $name =~ ^(${[OWN_VARIABLES, ...more].join("|")})$ ]] || leaked="$leaked $name"; done < <(compgen -e)
echo "variables \${leaked:-none}"
${DAEMON}
echo "asked yes"
`;
}

/** Leaves a process behind that is nobody's child and in a session of its own, and names it. */
const DAEMON = `echo "daemon $(node -e 'const { spawn } = require("node:child_process"); const left = spawn("/bin/sleep", ["300"], { detached: true, stdio: "ignore" }); left.unref(); console.log(left.pid)')"`;

/** In a read-only tree. */
export const READ_SCRIPT = `${TRY}
try write-read 'echo x >./new || echo x >./kept || mkdir ./made'
`;

/** Does not end by itself, and ignores what asks it to. */
export const STUBBORN_SCRIPT = `trap "" HUP INT TERM
${DAEMON}
while :; do sleep 1; done
`;
