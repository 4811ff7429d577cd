// What changed against the base, by file and hunk, each hunk with the decisions that own its lines and the agent's
// stated reason. Hunks are read off the tracked origins, so applying them to the base gives exactly the head.
import type { FileChange, Sha } from "../log/parts.js";
import type { Decision, DecisionId } from "../run/run.js";
import { hunkAround, type Hunk } from "./hunks.js";
import type { Gap } from "./line-diff.js";
import { baseOrigins, changedBy, ownedGaps, settled, UNEXPLAINED, type LineOrigins } from "./origins.js";

/** A file as one owner left it. `text` is undefined where it does not exist, and may be for a binary file. */
export interface FileVersion {
  /** `base` for the first version, then a decision's id or `unexplained`. */
  readonly owner: string;
  readonly text: string | undefined;
  readonly binary?: boolean | undefined;
  /** git mode as octal text; `000000` where the file does not exist. */
  readonly mode: string;
}

export interface DiffSetInput {
  readonly base: Sha;
  readonly head: Sha;
  readonly files: readonly { readonly path: string; readonly versions: readonly FileVersion[] }[];
  readonly decisions: readonly Decision[];
}

export interface Reason {
  readonly decision: DecisionId;
  readonly title: string;
  readonly why: string;
}

export interface DiffHunk extends Hunk {
  /** Every decision that owns a changed line here, in the order of the run. */
  readonly decisions: readonly DecisionId[];
  /** The agent's stated reason; several are one line each, after the decision's id. */
  readonly why: string;
  readonly reasons: readonly Reason[];
  /** Some line here belongs to a decision that is only proposed. */
  readonly proposed: boolean;
  /** Some line here belongs to no decision. */
  readonly unexplained: boolean;
}

export interface DiffFile {
  readonly path: string;
  readonly status: FileChange["status"];
  readonly binary: boolean;
  readonly modes: readonly [string, string];
  readonly added: number;
  readonly removed: number;
  /** Owners of its lines, of its mode, of its coming or going, of its bytes when it is binary. */
  readonly decisions: readonly DecisionId[];
  readonly reasons: readonly Reason[];
  readonly unexplained: boolean;
  readonly hunks: readonly DiffHunk[];
}

export interface DiffSet {
  readonly base: Sha;
  readonly head: Sha;
  /** Files with unexplained changes first, then by path. */
  readonly files: readonly DiffFile[];
  /** Changed lines, added and removed; and those of them that a decision owns. */
  readonly lines: number;
  readonly explained: number;
}

/** What stands where a reason would, when no decision explains the change. It is not the agent's. */
export const NO_REASON = "Unexplained: no decision of this run covers this change.";

export function diffSet(input: DiffSetInput): DiffSet {
  let lines = 0;
  let explained = 0;
  const files: DiffFile[] = [];
  const known = new Map(input.decisions.map((decision) => [decision.id, decision]));
  for (const { path, versions } of input.files) {
    const owned = versions.map((version) => (known.has(version.owner) ? version : { ...version, owner: UNEXPLAINED }));
    const traced = traceFile(path, owned, known);
    if (traced === undefined) continue;
    files.push(traced.file);
    lines += traced.file.added + traced.file.removed;
    explained += traced.explained;
  }
  files.sort((one, other) => Number(other.unexplained) - Number(one.unexplained) || (one.path < other.path ? -1 : 1));
  return { base: input.base, head: input.head, files, lines, explained };
}

const ABSENT = "000000";

type Decisions = ReadonlyMap<DecisionId, Decision>;

function traceFile(path: string, versions: readonly FileVersion[], decisions: Decisions): { readonly file: DiffFile; readonly explained: number } | undefined {
  const base = versions[0];
  const head = versions.at(-1);
  if (base === undefined || head === undefined) throw new Error(`no version of ${path} was given`);
  const later = versions.slice(1);

  const modes: [string, string] = [modeOf(base), modeOf(head)];
  const binary = base.binary === true || head.binary === true;
  const owners = new Set<string>();
  if (modes[0] !== modes[1]) owners.add(lastChanger(base, later, modeOf));
  const sameBytes = binary && base.text !== undefined && base.text === head.text;
  // A binary file is one thing: it belongs to who wrote it last, but an unexplained write before that is not forgotten.
  if (binary && !sameBytes && later.length > 0) {
    owners.add(later.at(-1)?.owner ?? UNEXPLAINED);
    if (later.some((version) => version.owner === UNEXPLAINED)) owners.add(UNEXPLAINED);
  }

  const origins = binary ? undefined : settled(later.reduce((state, version) => changedBy(state, version.owner, lineText(version)), baseOrigins(lineText(base))));
  const gaps = origins === undefined ? [] : ownedGaps(origins);
  const counts = { added: 0, removed: 0, explained: 0 };
  if (origins !== undefined) {
    for (const gap of gaps) {
      counts.added += gap.newEnd - gap.newStart;
      counts.removed += gap.oldEnd - gap.oldStart;
      for (const owner of gapOwners(origins, gap)) {
        owners.add(owner);
        if (owner !== UNEXPLAINED) counts.explained++;
      }
    }
  }
  if (owners.size === 0) return undefined;
  const by = inOrder(owners, decisions);
  const file: DiffFile = {
    path,
    status: modes[0] === ABSENT ? "added" : modes[1] === ABSENT ? "deleted" : gaps.length === 0 && (!binary || sameBytes) ? "mode" : "modified",
    binary,
    modes,
    added: counts.added,
    removed: counts.removed,
    decisions: by.map((decision) => decision.id),
    reasons: by.map((decision) => reasonFor(decision, path)),
    unexplained: owners.has(UNEXPLAINED),
    hunks: origins === undefined ? [] : hunksOf(path, origins, gaps, decisions),
  };
  return { file, explained: counts.explained };
}

function modeOf(version: FileVersion): string {
  return version.text === undefined && version.binary !== true ? ABSENT : version.mode;
}

/** What there is of a version to compare by lines: nothing of a binary one. */
function lineText(version: FileVersion): string | undefined {
  return version.binary === true ? undefined : version.text;
}

function lastChanger(base: FileVersion, later: readonly FileVersion[], of: (version: FileVersion) => string): string {
  let owner = UNEXPLAINED;
  let value = of(base);
  for (const version of later) {
    if (of(version) !== value) owner = version.owner;
    value = of(version);
  }
  return owner;
}

/** The owner of each changed line of the gap. */
function gapOwners(origins: LineOrigins, gap: Gap): string[] {
  const removers = origins.removedBy.slice(gap.oldStart, gap.oldEnd).map((owner) => owner ?? UNEXPLAINED);
  const writers = origins.origins.slice(gap.newStart, gap.newEnd).map((owner) => (typeof owner === "string" ? owner : UNEXPLAINED));
  return [...removers, ...writers];
}

const CONTEXT = 3;

interface Group {
  readonly owners: ReadonlySet<string>;
  readonly gaps: Gap[];
}

function hunksOf(path: string, origins: LineOrigins, gaps: readonly Gap[], decisions: Decisions): DiffHunk[] {
  const groups: Group[] = [];
  for (const gap of gaps) {
    const owners = new Set(gapOwners(origins, gap));
    const group = groups.at(-1);
    const distance = gap.oldStart - (group?.gaps.at(-1)?.oldEnd ?? 0);
    if (group !== undefined && distance <= 2 * CONTEXT && sameOwners(group.owners, owners)) group.gaps.push(gap);
    else groups.push({ owners, gaps: [gap] });
  }
  return groups.map((group, index) => {
    const start = group.gaps[0]?.oldStart ?? 0;
    const end = group.gaps.at(-1)?.oldEnd ?? 0;
    const previous = groups[index - 1]?.gaps.at(-1)?.oldEnd;
    const next = groups[index + 1]?.gaps[0]?.oldStart;
    const leading = previous === undefined ? Math.min(CONTEXT, start) : contextBetween(start - previous).leading;
    const trailing = next === undefined ? Math.min(CONTEXT, origins.base.length - end) : contextBetween(next - end).trailing;
    const by = inOrder(group.owners, decisions);
    const reasons = by.map((decision) => reasonFor(decision, path));
    const unexplained = group.owners.has(UNEXPLAINED);
    return {
      ...hunkAround(origins.base, origins.lines, group.gaps, leading, trailing),
      decisions: by.map((decision) => decision.id),
      why: whyOf(reasons, unexplained),
      reasons,
      proposed: by.some((decision) => decision.state === "proposed"),
      unexplained,
    };
  });
}

/**
 * Shared lines between two hunks go to the first one's end first: git takes a hunk without trailing context for one
 * that ends the file.
 */
function contextBetween(distance: number): { readonly leading: number; readonly trailing: number } {
  const trailing = Math.min(CONTEXT, Math.ceil(distance / 2));
  return { trailing, leading: Math.min(CONTEXT, distance - trailing) };
}

function sameOwners(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((owner) => other.has(owner));
}

function inOrder(owners: ReadonlySet<string>, decisions: Decisions): Decision[] {
  return [...owners].flatMap((owner) => decisions.get(owner) ?? []).sort((one, other) => one.n - other.n);
}

/** The note for exactly this path, else the reason as revised at the end, else the first one. */
function reasonFor(decision: Decision, path: string): Reason {
  const notes = decision.notes.filter((note) => note.path === path).map((note) => note.why);
  return {
    decision: decision.id,
    title: decision.titleRevised ?? decision.reason.title,
    why: notes.length > 0 ? notes.join(" ") : (decision.whyRevised ?? decision.reason.why),
  };
}

function whyOf(reasons: readonly Reason[], unexplained: boolean): string {
  const only = reasons[0];
  if (only === undefined) return NO_REASON;
  if (reasons.length === 1 && !unexplained) return only.why;
  const lines = reasons.map((reason) => `${reason.decision}: ${reason.why}`);
  return (unexplained ? [...lines, NO_REASON] : lines).join("\n");
}
