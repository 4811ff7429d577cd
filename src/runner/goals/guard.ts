// After every step: whether a rule gives the goal up, or is near. The runner decides it from counts, never the model.
import type { Command } from "../../core/command.js";
import { isOver } from "../../core/goals/fall.js";
import { nearing, tripped, type Trip } from "../../core/goals/trip.js";
import { GoalWatch } from "../../core/goals/watch.js";
import type { RunEvent } from "../../core/log/event.js";
import type { Run } from "../../core/run/run.js";
import type { Site } from "../site.js";
import { workshopTree } from "../workshop-tree.js";
import { giveUp, opensFor, type GivenUp } from "./abandon.js";

/** Stateful for the life of one process; reads on in the log from where it stood. */
export class Guard {
  readonly #watch = new GoalWatch();
  #read = 0;
  /** What people want given up, until it is. */
  readonly #wanted = new Map<string, Extract<Command, { kind: "abandon" }>>();

  /** `wishes`: what people want given up only, because the agent has left and no rule is asked any more. */
  async look(site: Site, what: "rules" | "wishes" = "rules"): Promise<boolean> {
    const { ledger } = site;
    // A run whose end is decided is left to say its last words.
    if (ledger.run.phase.kind === "ended" || isOver(ledger.run)) return false;
    const watch = this.#caughtUp(site);
    const given = this.#wish(ledger.run) ?? (what === "rules" ? ruled(tripped(ledger.run, watch)) : undefined);
    if (given === undefined) {
      if (what === "rules") await this.#warn(site, nearing(ledger.run, watch));
      return false;
    }
    const { events, lines } = await giveUp(site, given);
    const told = await ledger.keep(lines.join("\n"));
    await ledger.append(...events, { kind: "message.added", from: "supervisor", text: told.id });
    site.shop.open(workshopTree(ledger.run));
    return true;
  }

  /** A person's word, but not in the middle of a decision for another goal: on its end nothing else stands on the files. */
  #wish(run: Run): GivenUp | undefined {
    for (const { goal, why, by } of this.#wanted.values()) {
      const given = { goal, by: "person", why: `${by.name}: ${why ?? "no reason was given"}` } as const;
      if (run.openDecision === undefined || opensFor(run, given)) return given;
    }
    return undefined;
  }

  async #warn({ ledger }: Site, near: Trip | undefined): Promise<void> {
    if (near === undefined) return;
    const text = `Take care: ${near.why} If it goes on like this, ${near.goal === "task" ? "the task" : `goal ${near.goal}`} is given up by rule (${near.rule}). Try another way, or give it up yourself with abandon_goal and go on with what can be done.`;
    const told = await ledger.keep(text);
    const events: RunEvent[] = [
      { kind: "goal.warned", goal: near.goal, rule: near.rule, text: ledger.line(near.why) },
      { kind: "message.added", from: "supervisor", text: told.id },
    ];
    await ledger.append(...events);
  }

  #caughtUp({ ledger }: Site): GoalWatch {
    const { events, run } = ledger;
    for (; this.#read < events.length; this.#read += 1) {
      const event = events[this.#read];
      if (event === undefined) continue;
      this.#watch.add(event, run.stage === "read-only");
      if (event.kind === "command.accepted" && event.command.kind === "abandon") this.#wanted.set(event.command.goal, event.command);
      if (event.kind === "goal.abandoned" || event.kind === "goal.waived") this.#wanted.delete(event.goal);
    }
    return this.#watch;
  }
}

function ruled(trip: Trip | undefined): GivenUp | undefined {
  return trip === undefined ? undefined : { goal: trip.goal, by: "rule", rule: trip.rule, why: trip.why, smallestUnblock: trip.unblock };
}
