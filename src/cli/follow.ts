// Follows a run on the screen until it ends or needs a person. The run is a process of its own: going away here, by
// Ctrl-C or a closed window, changes nothing in it.
import { followRun, type Moment } from "../client/follow-run.js";
import type { RunView } from "../client/read-run.js";
import { shownOf } from "../client/show-run.js";
import { exitOf, type RunState } from "../client/state-of.js";
import { STATE_TEXT } from "../client/state-text.js";
import type { LoggedEvent } from "../core/log/event.js";
import type { Run } from "../core/run/run.js";
import { oneLine } from "../core/text/one-line.js";
import { count, duration, money } from "../core/run/amounts.js";
import { raisedText } from "./gate-text.js";
import { happening, inHappening } from "./happening.js";
import type { Screen } from "./screen.js";

export interface Followed {
  readonly state: RunState;
  readonly exit: number;
}

export interface Following {
  /** Events up to this number are known to the person already and are not told again. */
  readonly from: number;
  /** Who is quoted; "the agent" where nothing is said. */
  readonly speaker?: string;
  /** What is said when the person presses Ctrl-C. */
  readonly leaving?: string;
}

export async function follow(screen: Screen, log: RunView["log"], interrupted: AbortSignal, following: Following): Promise<Followed> {
  let state: RunState = "preparing";
  /** Why the model does not answer, as the person was last told. */
  let outage: string | undefined;
  const started = performance.now();
  for await (const moment of followRun(log, interrupted)) {
    state = moment.state;
    if (moment.run === undefined) continue;
    if (moment.kind === "event" && moment.event.seq > following.from) {
      const line = moment.event.kind === "gate.raised" ? await raisedLine(screen, log, moment.event) : happening(moment.event, moment.run, following.speaker);
      if (line !== undefined) screen.say(inHappening(line, screen.ink));
      if (moment.event.kind === "turn.waiting") {
        if (line === undefined && moment.event.why !== outage) screen.say(`It still does not answer: ${oneLine(moment.event.why, 600)}`);
        outage = moment.event.why;
      }
      if ((moment.event.kind === "turn.answered" || moment.event.kind === "turn.received") && outage !== undefined) {
        outage = undefined;
        screen.say("The model answers again.");
      }
    }
    screen.status(statusLine(moment.run, state, performance.now() - started));
    if (isOver(moment, screen.attended)) break;
  }
  screen.status("");
  if (interrupted.aborted) screen.tell(following.leaving ?? `The run goes on without this window.\n  Follow it again:  vigil resume ${log.id}\n  How it stands:    vigil show ${log.id}\n  End it:           vigil stop ${log.id}`);
  else if (state === "waiting") screen.tell("The run waits for a person; it goes on as soon as the answer is there.");
  else if (state === "interrupted") screen.tell(`The run's process is gone. Nothing is lost; to go on: vigil resume ${log.id}`);
  return { state, exit: exitOf(state) };
}

async function raisedLine(screen: Screen, log: RunView["log"], event: Extract<LoggedEvent, { kind: "gate.raised" }>): Promise<string> {
  const { gate: id, type: kind, target, why, options, ifDenied = null, at: raisedAt } = event;
  const gate = { id, kind, target, why, options, ifDenied, raisedAt, state: "open", shown: await shownOf(log, event.shown) } as const;
  return raisedText(log.id, gate, { ink: screen.ink, width: screen.columns, lines: 0, now: Date.now() });
}

// With a terminal a waiting run is waited with: the answer may come from another window.
function isOver(moment: Moment, attended: boolean): boolean {
  if (moment.kind === "event" && moment.past) return false;
  if (moment.run?.phase.kind === "ended") return true;
  return moment.state === "paused" || moment.state === "interrupted" || (moment.state === "waiting" && !attended);
}

function statusLine(run: Run, state: RunState, elapsed: number): string {
  const open = run.decisions.find((decision) => decision.id === run.openDecision);
  const parts = [
    STATE_TEXT[state],
    count(run.spent.steps, "step"),
    money(run.spent),
    duration(elapsed),
    // Last, because a narrow terminal cuts the end.
    open === undefined ? "" : `${open.id} "${oneLine(open.reason.title, 60)}"`,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
