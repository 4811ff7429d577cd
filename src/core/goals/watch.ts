// What tells progress from grinding, counted from the events alone, so that a runner that was killed counts on from the same
// place. It decides nothing: `trip.ts` holds the counts against the criteria.
import type { EventOf, LoggedEvent } from "../log/event.js";
import type { AbandonRule } from "../log/goals.js";
import type { Sha } from "../log/parts.js";

/** How the newest step stands to the earlier ones. */
export interface NewestStep {
  readonly step: number;
  readonly tool: string;
  readonly about: string;
  readonly failed: boolean;
  /** So often in a row did this very call give this very result. */
  readonly inRow: number;
  /** The same, since the files last changed. */
  readonly unchanged: number;
}

export interface Refused {
  readonly step: number;
  readonly about: string;
  readonly rule: string;
}

/** A step older than this is not looked back to. */
const REMEMBERED = 400;
const LOOKING: ReadonlySet<string> = new Set(["read", "glob", "grep", "bash"]);

/** Stateful: told every event of one run, in order. */
export class GoalWatch {
  /** Every state that the files have had, with how often they came back to it since the last decision that was kept. */
  readonly #trees = new Map<Sha, number>();
  #tree: Sha | undefined;
  #changes = 0;
  #intended: EventOf<"step.intended"> | undefined;
  readonly #steps = new Map<number, { readonly inRow: number; readonly unchanged: number; readonly changes: number }>();
  /** Repetitions of steps up to this one count no longer. */
  #floor = 0;
  readonly #green = new Set<string>();
  #hasDecided = false;

  /** Steps in a row that brought nothing new. */
  idle = 0;
  /** Steps since then that only looked around, before the run's first decision: a large repository takes reading. */
  looked = 0;
  /** Since there was progress, in order. */
  refused: readonly Refused[] = [];
  newest: NewestStep | undefined;
  /** Rules that the agent has been warned of since there was progress. */
  readonly warned = new Set<AbandonRule>();

  /** The state that the files came back to most often, and how often. */
  get circles(): number {
    return this.#tree === undefined ? 0 : (this.#trees.get(this.#tree) ?? 0);
  }

  /** `readOnly`: nothing is written, so that what was not seen before counts as progress. */
  add(event: LoggedEvent, readOnly: boolean): void {
    switch (event.kind) {
      case "worktree.created":
      case "setup.finished":
      case "decision.dropped":
        this.#stand(event.tree);
        return;
      case "step.intended":
        this.#intended = event;
        return;
      case "step.finished":
        this.#finished(event, readOnly);
        return;
      case "check.finished":
        this.#checked(event);
        return;
      case "decision.opened":
        this.#hasDecided = true;
        return;
      case "decision.ended":
        if (event.files.length > 0 && (event.outcome === "kept" || event.outcome === "proposed")) {
          this.#progress();
          this.#forgetCircles();
        }
        return;
      case "message.added":
        if (event.from === "person") this.#anew();
        return;
      case "goals.set":
        if (event.by === "person") this.#anew();
        return;
      case "goal.warned":
        this.warned.add(event.rule);
        return;
      case "gate.answered":
        this.#progress();
        return;
      case "goal.reached":
      case "goal.abandoned":
      case "goal.waived":
      case "run.unpaused":
        this.#anew();
        return;
      default:
        return;
    }
  }

  #finished(event: EventOf<"step.finished">, readOnly: boolean): void {
    const intended = this.#intended?.step === event.step ? this.#intended : undefined;
    // What was not run, or was broken off by no fault of the agent's, says nothing about it.
    if (intended === undefined || event.outcome === "skipped" || event.outcome === "interrupted") return;
    const isNew = this.#moveTo(event.tree);
    this.newest = this.#standing(event, intended);
    if (event.outcome === "denied") this.refused = [...this.refused, { step: event.step, about: intended.about, rule: intended.verdict.rule }];
    if (isNew) this.#progress();
    else if (event.outcome === "ok" && event.repeats === undefined && LOOKING.has(intended.tool) && (readOnly || !this.#hasDecided)) {
      if (readOnly) this.#progress();
      else this.looked += 1;
    } else this.idle += 1;
  }

  #standing(event: EventOf<"step.finished">, intended: EventOf<"step.intended">): NewestStep {
    const before = event.repeats === undefined || event.repeats <= this.#floor ? undefined : (this.#steps.get(event.repeats) ?? { inRow: 1, unchanged: 1, changes: this.#changes });
    const inRow = (before?.inRow ?? 0) + 1;
    const unchanged = before?.changes === this.#changes ? before.unchanged + 1 : 1;
    this.#steps.set(event.step, { inRow, unchanged, changes: this.#changes });
    this.#steps.delete(event.step - REMEMBERED);
    return { step: event.step, tool: intended.tool, about: intended.about, failed: event.outcome === "error", inRow, unchanged };
  }

  /** True where the files are in a state in which they never were. */
  #moveTo(tree: Sha | undefined): boolean {
    if (tree === undefined || tree === this.#tree) return false;
    this.#tree = tree;
    this.#changes += 1;
    const times = this.#trees.get(tree);
    this.#trees.set(tree, times === undefined ? 0 : times + 1);
    return times === undefined;
  }

  /** What the runner itself did to the files is nobody's circle. */
  #stand(tree: Sha): void {
    this.#tree = tree;
    this.#changes += 1;
    if (!this.#trees.has(tree)) this.#trees.set(tree, 0);
  }

  #checked(event: EventOf<"check.finished">): void {
    if (event.outcome !== "green") this.#green.delete(event.command);
    else if (!this.#green.has(event.command)) {
      this.#green.add(event.command);
      this.#progress();
    }
  }

  #progress(): void {
    this.idle = 0;
    this.looked = 0;
    this.refused = [];
    this.warned.clear();
  }

  /** Another goal, or a word of a person's: everything is counted from here. */
  #anew(): void {
    this.#progress();
    this.#forgetCircles();
    this.newest = undefined;
    this.#floor = this.#intended?.step ?? this.#floor;
  }

  #forgetCircles(): void {
    for (const tree of this.#trees.keys()) this.#trees.set(tree, 0);
  }
}
