// What the self-test runs inside the walls, in bash alone, because nothing else is sure to be there. Each line of output
// is a name and an answer; the host knows which answer is the right one.

/** Kinds of namespaces that a confined program must not share with its host. */
export const NAMESPACES: readonly string[] = ["pid", "net", "ipc", "uts", "user", "mnt"];

/** Defines `try`: a name, then a command line of whose end the answer tells. */
export const TRY = `
try() { local name=$1; shift; if eval "$*" >/dev/null 2>&1; then echo "$name yes"; else echo "$name no"; fi; }
`;

/** Variables that the sandbox itself sets, and those that bash adds. */
const OWN_VARIABLES = "PATH|HOME|TMPDIR|LANG|TERM|SHELL|PWD|OLDPWD|SHLVL|_|VIGIL_[A-Z_]+|[A-Z]+_(ROOT|HOME|DIR|DATA_DIR)";

/** In a writable tree. Ends by becoming the program that makes the system calls. `more`: variables that the walls set besides. */
export function writeScript(more: readonly string[]): string {
  return `${TRY}
{ npm -v >/tmp/npm 2>/tmp/npm-said; } &
{ node -v >/tmp/node 2>&1; } &
{ git --version >/tmp/git 2>&1; } &
try write-tree 'echo x >./new && [ -s ./new ]'
try write-layer 'echo x >./layer/kept && [ "$(<./layer/kept)" = x ]'
try read-outside 'read -r line <"$VIGIL_CANARY"'
try write-outside 'echo x >"$VIGIL_CANARY"'
try write-system 'echo x >/usr/vigil-probe || echo x >/etc/vigil-probe || echo x >/vigil-probe || echo x >/var/vigil-probe'
try write-kernel 'exec 9>>/proc/sys/kernel/core_pattern || exec 9>>/proc/sys/vm/swappiness || exec 9>>/proc/sysrq-trigger'
try write-still 'echo x >./still/new || echo x >./still/kept || mv ./still ./moved'
try read-hidden 'read -r line <./hidden'
try connect 'exec 9<>"/dev/tcp/127.0.0.1/$VIGIL_PORT"'
if [ "$VIGIL_HOST_PID" -lt 1000 ]; then echo "signal no"; else try signal 'kill -0 "$VIGIL_HOST_PID" || [ -e "/proc/$VIGIL_HOST_PID" ]'; fi
status=$(</proc/self/status)
if [[ $status =~ CapEff:[[:space:]]0000000000000000 && $status =~ CapBnd:[[:space:]]0000000000000000 && $status =~ NoNewPrivs:[[:space:]]1 && $status =~ Seccomp:[[:space:]]2 ]]; then
  echo "rights yes"; else echo "rights no"; fi
open=
for fd in /proc/self/fd/*; do fd=\${fd##*/}; if [ "$fd" -gt 2 ] && [ -e "/proc/self/fd/$fd" ]; then open="$open $fd"; fi; done
echo "descriptors \${open:-none}"
leaked=
while IFS= read -r -d '' variable; do
  name=\${variable%%=*}
  [[ $name =~ ^(${[OWN_VARIABLES, ...more].join("|")})$ ]] || leaked="$leaked $name"
done < <(cat /proc/[0-9]*/environ)
echo "variables \${leaked:-none}"
for kind in ${NAMESPACES.join(" ")}; do echo "ns-$kind $(readlink /proc/self/ns/$kind)"; done
wait
try node 'grep -q "^v[0-9]" /tmp/node'
try git 'grep -q "^git version" /tmp/git'
try npm 'grep -q "^[0-9]" /tmp/npm'
echo calls
exec "$VIGIL_PROBE"
`;
}

/** In a read-only tree. */
export const READ_SCRIPT = `${TRY}
try write-read 'echo x >./new || echo x >./kept || mkdir ./folder'
`;

/** Asks the proxy of the environment for things and prints what it answered; tries to do without it, too. */
export const HOSTS_SCRIPT = `${TRY}
VIGIL_PROXY_PORT=\${HTTP_PROXY##*:}
asked() {
  exec 8<>"/dev/tcp/127.0.0.1/$VIGIL_PROXY_PORT" || { echo unreachable; return; }
  printf '%s\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' "$1" >&8
  local line answer= body=
  while IFS= read -t 5 -r line <&8; do line=\${line%$'\\r'}; [ -n "$answer" ] || answer=$line; body=$line; done
  answer=\${answer#HTTP/1.[01] }
  echo "\${answer%% *} $([ "$line$body" = CANARY ] && echo canary)"
  exec 8>&-
}
echo "open $(asked "GET http://127.0.0.1:$VIGIL_OPEN_PORT/ HTTP/1.1" 2>/dev/null)"
echo "shut $(asked "GET http://127.0.0.1:$VIGIL_SHUT_PORT/ HTTP/1.1" 2>/dev/null)"
echo "tunnel $(asked "CONNECT 127.0.0.1:$VIGIL_SHUT_PORT HTTP/1.1" 2>/dev/null)"
echo "name $(asked "GET http://vigil.invalid/ HTTP/1.1" 2>/dev/null)"
try direct 'exec 9<>"/dev/tcp/127.0.0.1/$VIGIL_OPEN_PORT"'
try direct-shut 'exec 9<>"/dev/tcp/127.0.0.1/$VIGIL_SHUT_PORT"'
`;
