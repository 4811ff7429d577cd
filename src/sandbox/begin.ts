// The first program inside the walls: it makes a writable tree's files its own, says that it is ready, and becomes the
// command. It runs confined already, so that no race with another process can lead it outside.
import { relative } from "node:path";
import { READY_DESCRIPTOR } from "./bubblewrap-arguments.js";
import type { Walls } from "./sandbox.js";

/**
 * Arguments: the writable tree or nothing, how many words for `find` follow, those words, the command. A file that has a
 * second name is copied, because a write through such a hard link would change a file that no wall protects.
 */
const BEGIN = `
tree=$1
skip=("\${@:3:$2}")
shift $((2 + $2))
if [ -n "$tree" ]; then
  cd "$tree" && find . "\${skip[@]}" -type f -links +1 -exec sh -c '
    for file; do cp -p -- "$file" "$file.vigil-own" && mv -f -- "$file.vigil-own" "$file" || exit 1; done' sh {} + ||
    { echo "files with a second name outside the worktree could not be copied" >&2; exit 97; }
  cd "$OLDPWD"
fi
echo ready >&${READY_DESCRIPTOR}
exec ${READY_DESCRIPTOR}>&-
exec "$@"
`;

/** The command, behind what must happen before it. */
export function beginning(walls: Walls, command: readonly string[]): readonly string[] {
  const writable = walls.tree.kind === "write" ? walls.root : "";
  // Layers take writes themselves, and what is mounted read-only or empty cannot be written through.
  const left = [...walls.layers.map(({ at }) => at), ...walls.readOnly, ...walls.hidden].map((path) => relative(walls.root, path));
  const skip = left.filter((path) => path !== "").flatMap((path) => ["-path", `./${escapePattern(path)}`, "-prune", "-o"]);
  return ["/bin/bash", "--noprofile", "--norc", "-c", BEGIN, "vigil-begin", writable, `${skip.length}`, ...skip, ...command];
}

function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, "\\$&");
}
