// The simplest pattern language: `*` for any characters, `?` for one. No other character has a meaning.

/** True when the whole word matches. Goes back only to the last star, so that no pattern makes it slow. */
export function wildcard(pattern: string, word: string): boolean {
  let [p, w, star, mark] = [0, 0, -1, 0];
  while (w < word.length) {
    const wanted = pattern.charAt(p);
    if (wanted === "*") {
      star = p;
      mark = w;
      p += 1;
    } else if (wanted !== "" && (wanted === "?" || wanted === word.charAt(w))) {
      p += 1;
      w += 1;
    } else if (star !== -1) {
      p = star + 1;
      mark += 1;
      w = mark;
    } else return false;
  }
  while (pattern.charAt(p) === "*") p += 1;
  return p === pattern.length;
}
