// Text broken at spaces to a width. It cuts no word, and of spaces it drops only those where a line breaks: a command
// must read as it ran. A word too long for a line stands alone on one.

/** The lines, each after `indent`, which counts towards the width. Line breaks in the text stay. */
export function wrap(text: string, width: number, indent = ""): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const [, gap = "", word = ""] of paragraph.matchAll(/( *)([^ ]+)/gu)) {
      if (line === "") line = word;
      else if (indent.length + line.length + gap.length + word.length <= width) line += gap + word;
      else {
        lines.push(indent + line);
        line = word;
      }
    }
    return [...lines, line === "" ? "" : indent + line];
  });
}
