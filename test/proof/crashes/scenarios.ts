// The runs that are killed: between them they write every kind of event that the product writes. What they append to files
// would show if anything were done twice.
import { POLICY } from "../../runner/lab.js";
import { ask, bash, begin, call, end, finish, openGate, taken, write, type Move, type Scenario, type Seen } from "./scenario.js";

/** Works through the night by itself: set-up, goals, one given up, an outage, a cut reply, claims, a landing by policy. */
const night: Scenario = {
  name: "night",
  task: "Make sum add",
  stage: "autonomous-with-summary",
  settings: { ...POLICY, "vigil.policy.worktree.setup": "mkdir -p build && echo made >> build/made; exit 3" },
  script: {
    turns: [
      { blocks: [call("set_goals", { goals: [{ id: "g1", title: "Sum adds" }, { id: "g2", title: "Sum is fast" }] })] },
      { blocks: [bash("echo lost > src/lost.js && ls src")] },
      { blocks: [begin("Add instead of subtracting")] },
      { blocks: [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" })] },
      { blocks: [end({ claims: [{ claim: "the check is green", command: "node test/all.js" }] })], troubles: [{ kind: "status", status: 529 }] },
      { blocks: [call("abandon_goal", { goal: "g2", why: "nobody measured it" })], troubles: [{ kind: "cut", afterBytes: 400 }] },
      { blocks: [begin("Say what sum does")] },
      { blocks: [bash("printf 'sum adds\\n' >> docs/guide.md && printf 'two\\n' >> docs/more.md")] },
      { blocks: [end()] },
    ],
    after: { blocks: [finish] },
  },
  next: () => undefined,
};

/** With people all along: questions, a grant, a pause, words, a lowered stage, a rejection and what falls with it, two tries to land. */
const people: Scenario = {
  name: "people",
  task: "Improve the readme",
  stage: "bounded-write",
  settings: POLICY,
  script: {
    turns: [
      { blocks: [begin("A better readme")] },
      { blocks: [write("README.md", "# Better\n")] },
      { blocks: [bash("echo x > elsewhere.txt; echo here >> src/here.js; echo p >> src/conftest.py")] },
      { blocks: [end()] },
      { blocks: [ask("Go on?")] },
      { blocks: [begin("Two")] },
      { blocks: [bash("echo two >> src/two.js")] },
      { blocks: [end()] },
      { blocks: [begin("Three")] },
      { blocks: [bash("echo three >> src/three.js")] },
      { blocks: [end()] },
      { blocks: [ask("Is it good?")] },
    ],
    after: { blocks: [finish] },
  },
  next: peopleNext,
};

function peopleNext(seen: Seen): Move | undefined {
  const { id } = seen;
  if (seen.run.phase.kind === "ended") return landedTwice(seen);
  const readme = openGate(seen, "README.md");
  if (readme !== undefined) {
    if (!taken(seen, "steer")) return ["steer", id, "Mind the tests"];
    if (!seen.has("run.paused")) return ["pause", id];
    return ["answer", id, readme, "allow"];
  }
  const on = openGate(seen, "Go on?");
  if (on !== undefined) {
    if (!seen.has("stage.lowered")) return ["lower", id, "gated-write"];
    if (!seen.has("command.refused")) return ["lower", id, "autonomous-with-summary"];
    return ["answer", id, on, "allow"];
  }
  const good = openGate(seen, "Is it good?");
  if (good === undefined) return undefined;
  const second = openGate(seen, "d2");
  return second === undefined ? ["answer", id, good, "deny"] : ["answer", id, second, "deny", "--comment", "not like this"];
}

// First without the confirmation that is needed, then with it; then everything is taken back.
function landedTwice(seen: Seen): Move | undefined {
  const { id, run } = seen;
  if (!taken(seen, "review")) return ["review", id, "--accept", "d1"];
  if (run.landing?.state === "undone") return undefined;
  if (run.landing?.state === "landed") return ["unland", id];
  const asked = seen.has("landing.stopped", (event) => event.kind === "landing.stopped" && event.outcome === "confirm");
  return ["land", id, ...(asked ? ["--confirm", "d1"] : [])];
}

/** Stopped and set going again, under a policy that becomes stricter, in a conversation that begins anew. */
const stops: Scenario = {
  name: "stops",
  task: "Note what there is",
  stage: "gated-write",
  settings: POLICY,
  script: {
    rules: [{ when: { lastContains: ["# Decisions so far"] }, turn: { blocks: [finish] } }],
    turns: [
      { blocks: [ask("May I begin?")] },
      { blocks: [begin("One")] },
      { blocks: [bash("echo one >> docs/one.md")] },
      { blocks: [end()] },
      { blocks: [bash("ls docs")], troubles: [{ kind: "stop", reason: "model_context_window_exceeded" }] },
    ],
    after: { blocks: [finish] },
  },
  next(seen) {
    const { id, run } = seen;
    const first = openGate(seen, "May I begin?");
    if (run.phase.kind === "ended") {
      if (run.phase.outcome === "stopped") return ["resume", id];
      const decision = openGate(seen, "d1");
      if (decision !== undefined) return ["answer", id, decision, "allow"];
      return run.landing?.state === "landed" ? undefined : ["land", id];
    }
    if (first === undefined) return undefined;
    if (!taken(seen, "stop")) return ["stop", id];
    if (!seen.edited) return { settings: { ...POLICY, "vigil.policy.commands": [{ match: "curl", decision: "deny", reason: "no network" }] } };
    return ["answer", id, first, "allow"];
  },
};

/** Read-only proposals, of which one is accepted, adopted by a second run and landed. */
const proposals: Scenario = {
  name: "proposals",
  task: "Propose to make sum add",
  stage: "read-only",
  settings: POLICY,
  script: {
    turns: [
      { blocks: [begin("Add instead of subtracting")] },
      { blocks: [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" })] },
      { blocks: [end()] },
      { blocks: [begin("Say what sum does")] },
      { blocks: [bash("printf 'sum adds\\n' >> docs/guide.md && printf 'two\\n' >> docs/more.md")] },
      { blocks: [end()] },
    ],
    after: { blocks: [finish] },
  },
  next(seen) {
    const { id, run } = seen;
    if (run.phase.kind !== "ended") return undefined;
    if (run.spec.adopts !== undefined) return run.landing?.state === "landed" ? undefined : ["land", id];
    return taken(seen, "review") ? ["adopt", id] : ["review", id, "--accept", "d1", "--reject", "d2"];
  },
};

/** Reaches a host that policy opens, is refused another, and lands. `host`: address and port of one that answers. */
export function hostsScenario(host: string): Scenario {
  return {
    name: "hosts",
    task: "Fetch what is needed",
    stage: "bounded-write",
    settings: { ...POLICY, "vigil.policy.networkHosts": [host] },
    script: {
      turns: [
        { blocks: [begin("Fetch")] },
        { blocks: [bash(`curl -sS -m 10 http://${host}/part >> src/part.js; curl -sS -m 10 -o /dev/null http://elsewhere.example:8080/; true`)] },
        { blocks: [end()] },
      ],
      after: { blocks: [finish] },
    },
    next({ id, run, ...seen }) {
      if (run.phase.kind !== "ended" || run.landing?.state === "landed") return undefined;
      return taken({ id, run, ...seen }, "review") ? ["land", id] : ["review", id, "--accept", "d1"];
    },
  };
}

/** Goals: one reached, one given up by rule with its changes; a warning, a limit that is near, and a question that nobody answers. */
const goals: Scenario = {
  name: "goals",
  task: "Build two things",
  stage: "bounded-write",
  settings: {
    ...POLICY,
    "vigil.policy.abandon.attempts": 2,
    "vigil.policy.limits.lines": 10,
    "vigil.policy.unanswered": { low: "park", medium: "park", high: "park" },
    "vigil.policy.commands": [{ match: "make release", decision: "ask", reason: "it is public" }],
  },
  script: {
    turns: [
      { blocks: [call("set_goals", { goals: [{ id: "a", title: "A stands", done_when: "test -e src/a.js" }, { id: "b", title: "B stands", done_when: "echo never; exit 1" }] })] },
      { blocks: [bash("seq 1 3000")] },
      { blocks: [bash("seq 1 3000")] },
      { blocks: [bash("make release")] },
      { blocks: [call("begin_decision", { title: "A", why: "it is asked for", goal: "a" })] },
      { blocks: [bash("seq 1 8 >> src/a.js")] },
      { blocks: [end()] },
      ...["one", "two"].flatMap((name) => [{ blocks: [call("begin_decision", { title: name, why: "a try", goal: "b" })] }, { blocks: [bash(`echo ${name} >> src/b.js`)] }, { blocks: [end()] }]),
    ],
    after: { blocks: [finish] },
  },
  next(seen) {
    const { id, run } = seen;
    // Not while it is skipped: what a person says before the goal is given up would change what becomes of it.
    const release = run.gates.find((gate) => gate.target === "make release" && gate.state.kind === "open")?.id;
    if (release === undefined || run.phase.kind === "ended") return undefined;
    if (!taken(seen, "raise")) return ["raise", id, "lines", "100"];
    if (!taken(seen, "waive")) return ["goals", id, "--waive", "b", "--rule", "attempts"];
    return ["answer", id, release, "deny"];
  },
};

export const SCENARIOS: readonly Scenario[] = [night, people, stops, proposals, goals];
