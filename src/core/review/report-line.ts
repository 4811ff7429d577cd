// A line of a report before any format: who said which of its words stays with them, so that a format can keep what
// others wrote from becoming markup.

/** Plain words of the runner; or words that somebody else wrote, to be quoted; or a path, command or id. */
export type Span = string | { readonly quote: string } | { readonly code: string };

export interface Line {
  readonly spans: readonly Span[];
  readonly below?: readonly Line[];
}

export function line(...spans: Span[]): Line {
  return { spans };
}
