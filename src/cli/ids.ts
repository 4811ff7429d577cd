// Ids as a list on the command line.

/** Separated by commas. A path with a comma in it is written twice as long: `\,` stands for one that separates nothing. */
export function ids(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  return text
    .split(/(?<!\\),/)
    .map((id) => id.replaceAll("\\,", ",").trim())
    .filter((id) => id !== "");
}
