// The same through the built command line and real runner processes, for what the parts alone cannot show: effects on
// files, the words and exit codes that a person meets, certificates, and clocks that are set while everything runs.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createServer, type Server } from "node:tls";
import { z } from "zod";
import type { Script, ScriptBlock, Trouble, Turn } from "../../../src/agent/scripted/script.js";
import { all, begun, happens, workerOf } from "../../runner/begun.js";
import { diffed, Lab, POLICY, ran, type Said } from "../../runner/lab.js";
import { bash, begin, end, finish } from "../../runner/scripts.js";
import { AUTHORITY, EXPIRED, KEY, VALID } from "./certificates.js";
import { DAY, wallClock } from "./wall-clock.js";

/** What is wrong with a case, in sentences. */
export type ProcessCase = (folder: string) => Promise<readonly string[]>;

const ONE = bash("echo once >> src/once.txt");
const LINES: readonly (readonly ScriptBlock[])[] = [[begin("Count")], [ONE], [bash("echo twice >> src/once.txt"), end()], [finish()]];

function script(troubles: Readonly<Record<number, readonly Trouble[]>>): Script {
  return { turns: LINES.map((blocks, n): Turn => ({ blocks: [...blocks], troubles: [...(troubles[n] ?? [])] })) };
}

/** Troubles in every turn, an ordinary terminal: what happened once is in the file once, and the person reads of it. */
export const throughTroubles: ProcessCase = () =>
  inLab(async (lab) => {
    const model = await lab.serve(
      script({
        0: [{ kind: "status", status: 529 }],
        1: [{ kind: "cut", afterBytes: 900 }],
        2: [{ kind: "cut", afterBytes: 1_100, reset: true }],
        3: [{ kind: "status", status: 429, retryAfter: "1" }, { kind: "status", status: 500 }],
      }),
    );
    const said = await lab.vigil("run", "Count", "--stage", "bounded-write");
    const id = said.stdout.split("\n")[0]?.trim() ?? "";
    const problems = await counted(lab, id);
    const received = all(lab, id, "turn.received").map((event) => event.usage.output);
    const guessed = all(lab, id, "turn.discarded").filter((event) => event.estimated);
    const sent = model.requests.filter((request) => request.usage !== undefined);
    return [
      ...problems,
      ...(said.code === 0 ? [] : [`it ended with exit code ${String(said.code)}: ${said.stderr}`]),
      ...(/The model does not answer: The service is overloaded \(529\)\. The run waits/.test(said.stdout) ? [] : ["nobody was told that the service is away"]),
      ...(/It still does not answer: The service has a failure of its own \(500\)\./.test(said.stdout) ? [] : ["nobody was told that the reason is another one"]),
      ...(/The model answers again/.test(said.stdout) ? [] : ["nobody was told that the service is back"]),
      ...(received.length === LINES.length && guessed.length === sent.length - received.length ? [] : [`${String(sent.length)} replies were sent, ${String(received.length)} are counted and ${String(guessed.length)} guessed`]),
    ];
  });

/** A key that is not taken: the run ends and says what to do; with the right key it goes on where it was. */
export const wrongKey: ProcessCase = () =>
  inLab(async (lab) => {
    await lab.serve(script({ 3: [{ kind: "status", status: 401, message: "invalid x-api-key" }] }));
    const first = await lab.vigil("run", "Count", "--stage", "bounded-write");
    const id = first.stdout.split("\n")[0]?.trim() ?? "";
    const second = await lab.json(ran, "resume", id);
    return [
      ...(first.code === 1 ? [] : [`a wrong key ended with exit code ${String(first.code)}`]),
      ...(/does not let this run in: .*invalid x-api-key.*Set ANTHROPIC_API_KEY/.test(first.stdout) ? [] : ["the person was not told what to do about the key"]),
      ...(second.state === "ready" ? [] : [`the resumed run is ${second.state}`]),
      ...(await counted(lab, id)),
    ];
  });

/** A certificate that has run out is waited for and said; one of an own authority is taken once that one is named. */
export const certificates: ProcessCase = (folder) =>
  inLab(async (lab) => {
    const authority = join(folder, "authority.pem");
    writeFileSync(authority, AUTHORITY);
    const model = await lab.serve(script({}));
    const old = await overTls(model.url, EXPIRED);
    const good = await overTls(model.url, VALID);
    try {
      lab.env = { NODE_EXTRA_CA_CERTS: authority, ANTHROPIC_BASE_URL: old.url };
      const { id, said } = await begun(lab, "bounded-write");
      const waiting = await happens(lab, id, "turn.waiting");
      const shown = await lab.json(z.object({ state: z.string(), why: z.string() }), "show", id);
      const stopped = await lab.vigil("stop", id);
      await said;
      lab.env = { NODE_EXTRA_CA_CERTS: authority, ANTHROPIC_BASE_URL: good.url };
      const resumed = await lab.json(ran, "resume", id);
      return [
        ...(/not valid at this time \(CERT_HAS_EXPIRED\), or this machine's clock is wrong/.test(waiting.why) ? [] : [`the log says "${waiting.why}"`]),
        ...(shown.state === "outage" && shown.why === waiting.why ? [] : [`vigil show says ${shown.state}: ${shown.why}`]),
        ...(stopped.code === 0 ? [] : [`it could not be stopped while it waited: ${stopped.stderr}`]),
        ...(resumed.state === "ready" ? [] : [`with a good certificate the run is ${resumed.state}`]),
        ...(await counted(lab, id)),
      ];
    } finally {
      await old.close();
      await good.close();
    }
  });

/** The clock is set a day ahead and back at every turn, in an outage and in a step, with limits that a day would break. */
export const setClocks: ProcessCase = (folder) =>
  inLab(
    async (lab) => {
      mkdirSync(folder, { recursive: true });
      const clock = wallClock(folder);
      lab.env = clock.env;
      const shifts = [0, DAY, 0, -DAY, DAY, -DAY, 0];
      let asked = 0;
      const choose = (): undefined => {
        clock.shift(shifts[asked++ % shifts.length] ?? 0);
      };
      const plan = script({ 0: [{ kind: "status", status: 529 }], 1: [{ kind: "cut", afterBytes: 900 }], 2: [{ kind: "status", status: 429, retryAfter: new Date(Date.now() + 1_000).toUTCString() }] });
      await lab.serve({ ...plan, choose });
      const began = performance.now();
      const { id, said } = await begun(lab, "bounded-write");
      await happens(lab, id, "decision.opened");
      const steered = await steeredLate(lab, id, () => { clock.shift(DAY); });
      const { code } = await said;
      const took = performance.now() - began;
      const worked = all(lab, id, "turn.received").reduce((sum, event) => sum + event.ms, 0) + all(lab, id, "step.finished").reduce((sum, event) => sum + event.ms, 0);
      const seen = await Promise.all([["show", id], ["timeline", id, "--steps"], ["report", id], ["runs"], ["verify", id], ["diff", id]].map((words) => lab.vigil(...words)));
      return [
        ...(code === 0 ? [] : [`it ended with exit code ${String(code)}: ${lab.complaints(id)}`]),
        ...(steered.code === 0 ? [] : [`an instruction was not taken up: ${steered.stderr}`]),
        ...(all(lab, id, "gate.raised").length === 0 ? [] : ["a limit was taken to be reached"]),
        ...(worked <= took ? [] : [`${String(worked)} ms of work in a run of ${String(took)} ms`]),
        ...seen.flatMap(({ code: exit, stdout, stderr }, n) => (exit === 0 && !/NaN|Invalid Date|-\d+ (?:s|min|h)\b/.test(stdout) ? [] : [`view ${String(n)} ended with ${String(exit)}: ${stderr}${stdout.slice(0, 300)}`])),
        ...(await counted(lab, id)),
      ];
    },
    { ...POLICY, "vigil.policy.limits.hours": 1 },
  );

/** An instruction that the runner takes up only after the clock was set, because it stands still meanwhile. */
async function steeredLate(lab: Lab, id: string, set: () => void): Promise<Said> {
  const pid = await workerOf(lab, id);
  process.kill(pid, "SIGSTOP");
  const { said } = lab.start("steer", id, "Mind the clock");
  try {
    while (readdirSync(join(lab.runFolder(id), "inbox")).every((name) => name.startsWith("."))) await delay(10);
    // Long enough for the command line to look at the clock before and after, which it tells nobody.
    await delay(500);
    set();
    await delay(500);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  return said;
}

/** Each command has had its effect exactly once, in the order of the script. */
async function counted(lab: Lab, id: string): Promise<readonly string[]> {
  const diff = await lab.json(diffed, "diff", id);
  const lines = (await lab.vigil("diff", id, "--patch")).stdout.split("\n").filter((line) => /^\+(?:once|twice)$/.test(line));
  const outcomes = all(lab, id, "step.finished").map((event) => event.outcome);
  return [
    ...(lines.join(" ") === "+once +twice" ? [] : [`the file holds ${lines.join(" ")} (${String(diff.lines)} lines)`]),
    ...(outcomes.every((outcome) => outcome === "ok") ? [] : [`the steps ended as ${outcomes.join(", ")}`]),
  ];
}

async function inLab(body: (lab: Lab) => Promise<readonly string[]>, settings: Readonly<Record<string, unknown>> = POLICY): Promise<readonly string[]> {
  const lab = new Lab({ ...settings, "vigil.policy.requiredChecks": [] });
  try {
    return await body(lab);
  } finally {
    await lab.close();
  }
}

/** TLS with this certificate before a service that has none. */
async function overTls(url: string, cert: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sockets = new Set<{ destroy(): unknown }>();
  const server: Server = createServer({ key: KEY, cert }, (socket) => {
    const inner = connect(Number(new URL(url).port), "127.0.0.1");
    for (const one of [socket, inner]) {
      sockets.add(one);
      one.on("error", () => void [socket, inner].map((other) => other.destroy()));
      one.on("close", () => sockets.delete(one));
    }
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
  return {
    url: `https://localhost:${String(address.port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
