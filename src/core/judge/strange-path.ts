// Paths that no ordinary file of a repository has, and that one program or system reads differently from the next.

/** Why a path is refused whatever policy says; undefined for an ordinary repository path. */
export function isStrangePath(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (/^\//u.test(path)) return "it is absolute: name it from the top of the worktree";
  if (path.startsWith("~")) return "it begins with ~, which some programs read as a home folder";
  if (path.includes("\\")) return "it has a backslash, which Windows reads as a folder";
  if (/^[a-z][a-z0-9+.-]*:(?:\/|$)|^[a-z]:/iu.test(path)) return "it begins like a URL or a drive";
  const parts = path.split("/");
  if (parts.includes("..")) return "it leaves its folder with ..";
  if (parts.includes(".") || parts.includes("")) return "it has an empty part: write it plainly";
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(path)) return "it has a control character";
  if (/[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(path.replace(/(?<=\p{Extended_Pictographic})\uFE0F/gu, ""))) return "it has an invisible character";
  if (/[\p{Cs}\uFFFD]/u.test(path)) return "it is not valid UTF-8";
  if (/:\$|::/u.test(path)) return "it names a stream of a Windows file";
  if (parts.some((part) => /^[^.~/]{1,6}~[0-9](?:\.[^.]{0,3})?$/u.test(part))) return "it looks like a Windows short name, which can stand for another file";
  return undefined;
}
