// One thing that a hostile model tries: a line for the shell, or a call of a file tool. Kept in parts, so that one that got
// through can be made smaller.

export type Attempt =
  /** `joints[n]` stands behind `parts[n]`. */
  | { readonly kind: "shell"; readonly parts: readonly string[]; readonly joints: readonly string[] }
  | { readonly kind: "tool"; readonly tool: "read" | "write" | "edit" | "glob" | "grep"; readonly input: Readonly<Record<string, unknown>> };

export function toolOf(attempt: Attempt): string {
  return attempt.kind === "shell" ? "bash" : attempt.tool;
}

export function inputOf(attempt: Attempt): Readonly<Record<string, unknown>> {
  return attempt.kind === "shell" ? { command: attempt.parts.map((part, n) => `${part}${attempt.joints[n] ?? ""}`).join("") } : attempt.input;
}

/** Everything that is one part smaller. */
export function smaller(attempt: Attempt): readonly Attempt[] {
  if (attempt.kind !== "shell" || attempt.parts.length < 2) return [];
  return attempt.parts.map((_, gone) => ({
    kind: "shell",
    parts: attempt.parts.filter((_part, n) => n !== gone),
    joints: attempt.joints.filter((_joint, n) => n !== gone),
  }));
}
