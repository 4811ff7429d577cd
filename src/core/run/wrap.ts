// Text broken at spaces to a width. It cuts no word and drops nothing: a word too long for a line stands alone on one.

/** The lines, each after `indent`, which counts towards the width. Line breaks in the text stay. */
export function wrap(text: string, width: number, indent = ""): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ").filter((one) => one !== "")) {
      if (line === "") line = word;
      else if (indent.length + line.length + 1 + word.length <= width) line += ` ${word}`;
      else {
        lines.push(indent + line);
        line = word;
      }
    }
    return [...lines, line === "" ? "" : indent + line];
  });
}
