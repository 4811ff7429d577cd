// Decodes the inside of bash's $'…' quoting, so that a program's name cannot hide in escapes.

const LETTERS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\u0007", b: "\b", e: "\u001b", E: "\u001b", f: "\f", v: "\v", "\\": "\\", "'": "'", '"': '"', "?": "?" };
const ESCAPE = /\\(?:x\{([0-9a-fA-F]+)\}?|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c([\s\S])|([\s\S]))/gu;

/** The text that bash makes of it. An escape that bash does not know keeps its backslash. */
export function decodeAnsiC(text: string): string {
  return text.replace(ESCAPE, (whole, braced?: string, hex?: string, short?: string, long?: string, octal?: string, control?: string, letter?: string) => {
    // Of `\\x{…}` bash keeps the lowest byte.
    const code = braced?.slice(-2) ?? hex ?? short ?? long;
    if (code !== undefined) return character(Number.parseInt(code, 16));
    if (octal !== undefined) return character(Number.parseInt(octal, 8) & 0xff);
    if (control !== undefined) return character(control.charCodeAt(0) & 0x1f);
    return letter === undefined ? whole : (LETTERS[letter] ?? whole);
  });
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
}
