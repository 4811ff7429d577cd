// Names as file systems and people may confuse them: one spelling for all that could mean the same file.
// Only for comparing; a folded name is never shown and never opened.

/**
 * The text in one case and one Unicode form, without characters that a file system or a reader ignores. Upper case
 * first, because some letters (ſ, ı) meet their ASCII twin only there.
 */
export function fold(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, "")
    .toUpperCase()
    .toLowerCase()
    .normalize("NFC");
}

/**
 * A path folded part by part, and each part as Windows would open it: without a stream (`.git::$INDEX_ALLOCATION`),
 * without trailing dots and spaces (`.git .`), and a short name (`GIT~1`) as the dotted name that it can stand for.
 */
export function foldPath(path: string): string {
  return path
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => foldPart(part))
    .join("/");
}

function foldPart(part: string): string {
  const plain = fold(part);
  if (plain === "." || plain === "..") return plain;
  const opened = plain.replace(/:.*$/su, "").replace(/[. ]+$/u, "");
  const short = /^([a-z0-9_]{1,6})~[0-9]+$/u.exec(opened);
  return short === null ? opened : `.${short[1] ?? ""}`;
}
