// The one sink for text on its way to a screen: whatever could hide, move or imitate text is spelled out instead.
// It never drops a character without a trace, and it never trusts where a text came from.

export interface VisibleOptions {
  /** Keep newlines and tabs as they are. Without it a text is one line, and they are spelled out too. */
  readonly lines?: boolean;
}

/** Spaces in a row, after the first word of a line, that are still shown as they are. */
const SPACES_INSIDE = 8;
/** Leading spaces that still pass as indentation. */
const INDENTATION = 40;
/** Blank lines in a row that are still shown as they are. */
const BLANK_LINES = 3;
/** Marks stacked on one letter that real writing needs; more of them cover the lines around. */
const STACKED_MARKS = 4;

/** Controls, formats (bidi, zero-width), unassigned, private, lone surrogates, odd separators and blanks that look empty. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?![ \u3000])\p{Zs}/gu;
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
const LATIN = /[A-Za-z]/u;
/** Letters drawn like Latin ones: whole scripts, the Greek letters that have a twin, and Latin in fancy dress. */
const IMITATION = /[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγεηικνορτυχωϲϳ\uFF21-\uFF3A\uFF41-\uFF5A\u{1D400}-\u{1D7FF}ɑɡɩıʀʏ]/gu;
const URL_HOST = /(?<=:\/\/)[^\s/?#]+/gu;
/** Where Markdown takes a target: a link, a reference, an autolink; then a scheme that acts, also spelled with an entity. */
const LINK_TARGET =
  /(\]\(\s*<?|^[ \t]*\[[^\]\n]{1,200}\]:\s*<?|<)(?=(?:command|javascript|data|vbscript|file|vscode[a-z-]{0,20})\\?:\S|[^\s)>]{0,80}&(?:#x?[0-9a-f]{1,7}|colon|tab|newline);)/gimu;

/**
 * The text with every control, bidi, zero-width, ignorable and script-mixing character as `[U+XXXX]`, long runs of
 * spaces and blank lines as a counted marker, and links that would run a command, a script or a program made inert. Applying it twice
 * changes nothing more.
 */
export function visible(text: string, options: VisibleOptions = {}): string {
  const lines = options.lines === true;
  const seen = text.replace(UNSEEN, (char, offset: number) =>
    (lines && (char === "\n" || char === "\t")) || coloursEmoji(char, text, offset) ? char : spelled(char),
  );
  const unstacked = markImitations(seen).replace(/\p{M}{5,}/gu, (marks) => {
    const each = Array.from(marks);
    return each.slice(0, STACKED_MARKS).join("") + each.slice(STACKED_MARKS).map(spelled).join("");
  });
  return countBlankLines(countSpaces(unstacked)).replace(LINK_TARGET, (opening: string) => `${opening === "<" ? "< " : opening.replace(/<$/u, "")}not a link: `);
}

/** An emoji may say that it is drawn in colour; the same character elsewhere hides something. */
function coloursEmoji(char: string, text: string, offset: number): boolean {
  return char === "\uFE0F" && /\p{Extended_Pictographic}$/u.test(text.slice(Math.max(0, offset - 2), offset));
}

function spelled(char: string): string {
  return `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

function markImitations(text: string): string {
  const hosts = text.replace(URL_HOST, (host) => host.replace(/[^\x20-\x7E]/gu, spelled));
  return hosts.replace(WORD, (word) => (LATIN.test(word) ? word.replace(IMITATION, spelled) : word));
}

function countSpaces(text: string): string {
  // Tabs take part, because they push a tail out of sight as well as spaces do.
  return text.replace(/[ \u3000\t]{9,}/gu, (run, offset: number) => {
    const leading = offset === 0 || text[offset - 1] === "\n";
    const allowed = leading ? INDENTATION : SPACES_INSIDE;
    return run.length <= allowed ? run : `[${run.length} spaces]`;
  });
}

function countBlankLines(text: string): string {
  return text.replace(/\n(?:[ \t\u3000]*\n){4,}/gu, (run) => {
    const blank = run.split("\n").length - 2;
    return blank > BLANK_LINES ? `\n[${blank} blank lines]\n` : run;
  });
}
