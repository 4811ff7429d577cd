// Reads a Seatbelt profile as the kernel does, as far as our profiles go: of all rules that match, the last one holds.

type Expression = string | readonly Expression[];

export interface Profile {
  /** What it says of an operation on a path. */
  readonly ask: (operation: string, path: string) => "allow" | "deny";
  /** Operations and services that are allowed whatever the path. */
  readonly without: readonly string[];
}

export function readProfile(text: string): Profile {
  const rules = parse(text).flatMap((each) => {
    if (typeof each === "string") throw new Error(`a word stands alone: ${each}`);
    const [action, ...rest] = each;
    if (action === "version") return [];
    if (action !== "allow" && action !== "deny") throw new Error(`no rule: ${show(each)}`);
    const operations = rest.filter((part): part is string => typeof part === "string");
    const filters = rest.filter((part): part is readonly Expression[] => typeof part !== "string");
    return [{ action, operations, filters } as const];
  });
  return {
    ask(operation, path) {
      const last = rules.findLast(({ operations, filters }) => operations.some((each) => covers(each, operation)) && (filters.length === 0 || filters.some((filter) => matches(filter, path))));
      // As the kernel has it where a profile says nothing.
      return last?.action ?? "allow";
    },
    without: rules.filter(({ action }) => action === "allow").flatMap(({ operations, filters }) => {
      const others = filters.filter((filter) => filter[0] !== "subpath" && filter[0] !== "literal");
      if (filters.length > 0 && others.length === 0) return [];
      return operations.flatMap((operation) => (others.length === 0 ? [operation] : others.map((filter) => `${operation} ${show(filter)}`)));
    }),
  };
}

function covers(pattern: string, operation: string): boolean {
  return pattern === "default" || pattern === operation || (pattern.endsWith("*") && operation.startsWith(pattern.slice(0, -1)));
}

function matches([kind, value]: readonly Expression[], path: string): boolean {
  if (typeof value !== "string") return false;
  if (kind === "literal") return path === value;
  return kind === "subpath" && (path === value || path.startsWith(`${value}/`));
}

function show(expression: Expression): string {
  return typeof expression === "string" ? expression : `(${expression.map(show).join(" ")})`;
}

function parse(text: string): readonly Expression[] {
  const words = text.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g) ?? [];
  let at = 0;
  const list = (): Expression[] => {
    const found: Expression[] = [];
    for (; at < words.length; at += 1) {
      const word = words[at] ?? "";
      if (word === ")") return found;
      if (word === "(") {
        at += 1;
        found.push(list());
        if (words[at] !== ")") throw new Error("a bracket is not closed");
      } else found.push(word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, "$1") : word);
    }
    return found;
  };
  const all = list();
  if (at < words.length) throw new Error("a bracket is closed that was not opened");
  return all;
}
