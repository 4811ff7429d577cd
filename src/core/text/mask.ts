// Takes secrets out of text before it is kept or shown. It may mask too much; it must never keep a secret it knows.

export const MASKED = "[masked]";

interface Shape {
  readonly find: RegExp;
  /** What stands instead, with `$1`, `$2` for the parts that are no secret. */
  readonly put: string;
}

/** Shapes of credentials as their issuers document them. Lengths are bounded so that no text makes matching slow. */
const SHAPES: readonly Shape[] = [
  // A private key block, also one that was cut before its end.
  { find: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))/gu, put: MASKED },
  { find: /\bsk-ant-[A-Za-z0-9_-]{16,}/gu, put: MASKED },
  { find: /\bsk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,}/gu, put: MASKED },
  { find: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})/gu, put: MASKED },
  { find: /\bglpat-[A-Za-z0-9_-]{20,}/gu, put: MASKED },
  { find: /\bnpm_[A-Za-z0-9]{36,}/gu, put: MASKED },
  { find: /\bpypi-[A-Za-z0-9_-]{50,}/gu, put: MASKED },
  { find: /\bhf_[A-Za-z0-9]{30,}/gu, put: MASKED },
  { find: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/gu, put: MASKED },
  { find: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/gu, put: MASKED },
  { find: /\b(aws_?(?:secret_?access_?key|session_?token)["']?\s{0,8}[=:]\s{0,8}["']?)[A-Za-z0-9/+=]{40,}/giu, put: `$1${MASKED}` },
  { find: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/gu, put: MASKED },
  { find: /\bxapp-[A-Za-z0-9-]{20,}/gu, put: MASKED },
  { find: /(hooks\.slack\.com\/(?:services|workflows)\/)[A-Za-z0-9/_-]{16,}/gu, put: `$1${MASKED}` },
  { find: /\bAIza[A-Za-z0-9_-]{35}/gu, put: MASKED },
  { find: /\bya29\.[A-Za-z0-9_-]{20,}/gu, put: MASKED },
  { find: /\bGOCSPX-[A-Za-z0-9_-]{20,}/gu, put: MASKED },
  { find: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/gu, put: MASKED },
  { find: /\b((?:proxy-)?authorization["']?\s{0,8}[=:]\s{0,8}["']?(?:(?:bearer|basic|token|digest)\s{1,8})?)(?!bearer\b|basic\b|token\b|digest\b)[A-Za-z0-9._~+/=-]{8,}/giu, put: `$1${MASKED}` },
  { find: /\b(bearer\s{1,8})[A-Za-z0-9._~+/=-]{20,}/giu, put: `$1${MASKED}` },
  { find: /\b((?:x-api-key|api[_-]key|anthropic_auth_token|private-token)["']?\s{0,8}[=:]\s{0,8}["']?)[A-Za-z0-9._~+/=-]{12,}/giu, put: `$1${MASKED}` },
  { find: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,200}:)(?!\[masked\]@)[^\s/@"']{1,200}(?=@)/giu, put: `$1${MASKED}` },
];

/** An exact value shorter than this would mask ordinary words. */
const SHORTEST_SECRET = 6;

/**
 * The text without secrets, and how many were taken out. `secrets` are exact values that the caller knows (keys from
 * its environment): they go first, as they are and as they stand in a URL or in JSON.
 */
export function mask(text: string, secrets: readonly string[] = []): { readonly text: string; readonly masked: number } {
  let masked = 0;
  let clean = text;
  for (const secret of spellings(secrets)) {
    const parts = clean.split(secret);
    masked += parts.length - 1;
    clean = parts.join(MASKED);
  }
  for (const shape of SHAPES) {
    clean = clean.replace(shape.find, (...match: unknown[]) => {
      masked += 1;
      return shape.put.replace("$1", () => (typeof match[1] === "string" ? match[1] : ""));
    });
  }
  return { text: clean, masked };
}

function spellings(secrets: readonly string[]): readonly string[] {
  const all = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET && !MASKED.includes(secret))
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodedForUrl(secret)]);
  // The longest first, so that a secret that contains another leaves no rest.
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

function encodedForUrl(secret: string): string {
  // Lone surrogates cannot be encoded; such a value cannot stand in a URL either.
  return /\p{Cs}/u.test(secret) ? secret : encodeURIComponent(secret);
}
