// Text on its way to a screen, a report or the record: what hides, moves, imitates or gives away.
import { attack, test, without, type Mutation } from "./mutation.js";

const VISIBLE = "src/core/text/visible.ts";
const MASK = "src/core/text/mask.ts";
const LEDGER = "src/runner/ledger.ts";

export const textMutations: readonly Mutation[] = [
  without("control characters are spelled out", VISIBLE, "/[\\p{Cc}\\p{Cf}", "/[\\p{Cf}", attack("ui-22")),
  without("characters that order or hide are spelled out", VISIBLE, "/[\\p{Cc}\\p{Cf}\\p{Cn}", "/[\\p{Cc}\\p{Cn}", test("unit/text")),
  without("characters that are ignored are spelled out", VISIBLE, "\\p{Default_Ignorable_Code_Point}\\u2800]", "\\u2800]", test("unit/text")),
  without("letters that imitate others are marked", VISIBLE, "(LATIN.test(word) ? word.replace(IMITATION, spelled) : word)", "word", attack("ui-13")),
  without("hosts that imitate others are marked", VISIBLE, "host.replace(/[^\\x20-\\x7E]/gu, spelled)", "host", test("unit/text")),
  without("stacked marks are cut", VISIBLE, ".replace(/\\p{M}{5,}/gu,", ".replace(/\\p{M}{5000,}/gu,", attack("ui-28")),
  without("long spaces are counted", VISIBLE, "return run.length <= allowed ? run :", "return true ? run :", test("unit/text")),
  without("blank lines are counted", VISIBLE, "return blank > BLANK_LINES ?", "return false ?", test("unit/text")),
  without("links that act are made inert", VISIBLE, '.replace(LINK_TARGET, (opening: string) => `${opening === "<" ? "< " : opening.replace(/<$/u, "")}not a link: `)', "", attack("ui-08", "ui-09")),
  without("words in the report are text", "src/core/review/report-html.ts", `.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character)`, "", attack("ui-26")),
  without("a page may load and run nothing", "src/core/review/report-html.ts", "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n", "", test("unit/report")),
  without("a line that is cut says so", "src/core/text/one-line.ts", "return kept + mark(flat.length - kept.length);", "return kept;", test("unit/text")),
  without("known secrets are masked", MASK, "    const parts = clean.split(secret);", "    const parts = [clean];", attack("mask-02")),
  without("shapes of secrets are masked", MASK, "  for (const shape of SHAPES) {", "  for (const shape of SHAPES.slice(0, 0)) {", attack("mask-01")),
  without("tool output is masked before it is kept", LEDGER, "    const clean = mask(text, this.#secrets);", "    const clean = { text, masked: 0 };", attack("mask-01", "mask-02")),
  without("replies are kept without known secrets", LEDGER, 'const exact = this.#secrets.reduce((text, secret) => text.replaceAll(secret, "[masked]"), content);', "const exact = content;", attack("mask-04")),
  without("events are masked before the append", LEDGER, 'return event.kind === "run.started" ? event : (withoutSecrets(event, this.#secrets) as RunEvent);', "return event;", test("runner/hostile-model", "keeps secrets")),
  without("a forged trailer is no trailer", "src/runner/landing/message.ts", '  return text.replaceAll(/\\p{Cc}+/gu, " ").replaceAll(/\\s+/gu, " ").trim();', "  return text;", test("runner/hostile-model", "cannot forge")),
];
