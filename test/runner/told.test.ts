// People who look at no screen are told by a command of their own; the machine is kept awake. Whatever goes wrong with either
// harms nothing. Real programs in the person's place, started by the built runner.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { all, gone, happens, workerOf } from "./begun.js";
import { killProcess, Lab, POLICY, ran, shown } from "./lab.js";
import { bash, call, finish, turns } from "./scripts.js";

describe("a person who is not looking", function () {
  this.timeout(180_000);
  let lab: Lab;
  afterEach(() => lab.close());

  function labWith(own: Readonly<Record<string, unknown>>, policy: Readonly<Record<string, unknown>> = {}): void {
    lab = new Lab({ ...POLICY, ...policy });
    mkdirSync(join(lab.home, "config", "vigil"), { recursive: true });
    mkdirSync(join(lab.home, "person"), { recursive: true });
    writeFileSync(join(lab.home, "config", "vigil", "settings.json"), JSON.stringify(own));
  }

  /** What the command below wrote down, one entry a call. */
  function heard(): string[][] {
    const file = join(lab.home, "person", "told");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter((line) => line !== "").map((line) => line.split("|")) : [];
  }

  // Written in one go, so that no half a line is read.
  const WRITE = 'read -r line; printf "%s\\n" "$VIGIL_EVENT|$VIGIL_RUN|$VIGIL_TO|$VIGIL_NOTIFY|${ANTHROPIC_API_KEY:-none}|$line" >> told';

  async function until<T>(look: () => T | undefined): Promise<T> {
    for (const deadline = Date.now() + 60_000; ; ) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`it never came; heard: ${JSON.stringify(heard())}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  function notes(id: string): string[] {
    return all(lab, id, "note.added").map(({ text }) => text);
  }

  it("hears of an approval, of one that waited, of a goal given up and of the end, without the key and as plain text", async () => {
    labWith({ "vigil.notify.command": WRITE }, { "vigil.policy.escalation": [{ afterMinutes: 0.02, to: "lead@team.example", notify: "touch never" }] });
    await lab.serve(
      turns([call("set_goals", { goals: [{ id: "one", title: "One" }] })], [call("abandon_goal", { goal: "one", why: "it\u001b[2J fails; $(touch never) `touch never`" })], [call("ask_human", { question: "Blue?" })], [finish()]),
    );
    const run = await lab.json(ran, "run", "Tell me", "--stage", "gated-write");
    assert.equal(run.state, "waiting");
    await until(() => heard().find(([event]) => event === "escalation"));
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    await happens(lab, run.id, "run.ended");
    await until(() => heard().find(([event]) => event === "ended"));
    const all = heard();
    assert.deepEqual(all.map(([event]) => event), ["abandoned", "approval", "escalation", "ended"]);
    assert.deepEqual([...new Set(all.map((line) => `${String(line[1])} ${String(line[4])}`))], [`${run.id} none`]);
    assert.deepEqual(all.map((line) => [line[2], line[3]]), [["", ""], ["", ""], ["lead@team.example", "touch never"], ["", ""]]);
    assert.match(all[0]?.[5] ?? "", /^Vigil: Tell me: Goal one was given up by the agent: "it\[U\+001B\]\[2J fails; \$\(touch never\) `touch never`"$/u);
    assert.match(all[1]?.[5] ?? "", /^Vigil: Tell me: Approval g1 \(question\) waits for you: Blue\? \(why: "The agent asks\."\)$/u);
    assert.match(all[3]?.[5] ?? "", /^Vigil: Tell me: Ready to review: no change was kept$/u);
    for (const folder of [join(lab.home, "person"), lab.repo]) assert.equal(existsSync(join(folder, "never")), false);
    assert.deepEqual(notes(run.id).filter((note) => note.includes("notify")), []);
  });

  it("hears no command of the repository", async () => {
    labWith({});
    lab.write({ ".vscode/settings.json": JSON.stringify({ ...POLICY, "vigil.notify.command": WRITE, "vigil.run.keepAwake": true }) });
    lab.git("commit", "-qam", "tell");
    await lab.serve(turns([finish()]));
    const run = await lab.json(ran, "run", "Quiet", "--stage", "gated-write");
    const started = all(lab, run.id, "run.started")[0]?.spec;
    assert.deepEqual([started?.notify, started?.keepAwake], [{ desktop: true }, undefined]);
    assert.deepEqual(heard(), []);
  });

  it("is said once where the command fails, and the run goes on", async () => {
    labWith({ "vigil.notify.command": "yes no good >&2 & sleep 0.2; kill $!; exit 3" });
    await lab.serve(turns([call("ask_human", { question: "Blue?" })], [call("ask_human", { question: "Green?" })], [finish()]));
    const run = await lab.json(ran, "run", "Fail", "--stage", "gated-write");
    await lab.vigil("answer", run.id, "g1", "allow");
    await lab.event(run.id, (event) => event.kind === "gate.awaited" && event.gate === "g2");
    await lab.vigil("answer", run.id, "g2", "allow");
    assert.equal((await happens(lab, run.id, "run.ended")).outcome, "ready");
    await happens(lab, run.id, "runner.ended");
    assert.deepEqual(notes(run.id).map((note) => note.slice(0, 65)), ['vigil.notify.command failed with exit code 3, saying "no good ⏎ n']);
  });

  it("kills a command that hangs, with what it started, while the run works on", async () => {
    labWith({ "vigil.notify.command": "sleep 4567 & echo $! > pid; wait" });
    await lab.serve(turns([call("ask_human", { question: "Blue?" })], [bash("echo on")], [finish()]));
    const run = await lab.json(ran, "run", "Hang", "--stage", "gated-write");
    const pid = await until(() => (existsSync(join(lab.home, "person", "pid")) ? Number(readFileSync(join(lab.home, "person", "pid"), "utf8")) || undefined : undefined));
    await lab.vigil("answer", run.id, "g1", "allow");
    const ended = await happens(lab, run.id, "run.ended");
    const note = await happens(lab, run.id, "note.added");
    assert.match(note.text, /vigil\.notify\.command did not end within 30 s and was killed/u);
    assert.ok(ended.at < note.at, "the run waited for the command");
    await gone(pid);
    // The end is told by a second call, which hangs as well.
    const worker = await workerOf(lab, run.id);
    process.kill(worker, "SIGTERM");
    await gone(worker);
  });

  it("hears nothing in quiet hours", async () => {
    labWith({ "vigil.notify.command": WRITE, "vigil.notify.quietHours": "00:00-24:00" });
    await lab.serve(turns([call("ask_human", { question: "Blue?" })], [finish()]));
    const run = await lab.json(ran, "run", "Sleep", "--stage", "gated-write");
    await lab.vigil("answer", run.id, "g1", "allow");
    await happens(lab, run.id, "runner.ended", ({ why }) => why === "done");
    assert.deepEqual(heard(), []);
  });

  it("has a machine that stays awake for as long as the runner lives, and no longer", async () => {
    labWith({ "vigil.run.keepAwake": true });
    const bin = join(lab.home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "systemd-inhibit"), `#!/bin/sh\necho "$$ $*" > ${join(lab.home, "awake")}\nfor last; do :; done\n"$last"\n`);
    chmodSync(join(bin, "systemd-inhibit"), 0o755);
    lab.env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    await lab.serve(turns([bash("sleep 60")], [finish()]));
    const { said } = lab.start("run", "Awake", "--stage", "gated-write", "--json");
    const id = await lab.firstRun();
    await happens(lab, id, "step.intended");
    const [pid = "", ...words] = readFileSync(join(lab.home, "awake"), "utf8").trim().split(" ");
    assert.match(words.join(" "), /^--what=idle:sleep --mode=block .*cat$/u);
    process.kill(Number(pid), 0);
    killProcess(await workerOf(lab, id));
    await gone(Number(pid));
    await said;
    assert.equal((await lab.json(shown, "show", id)).state, "interrupted");
    assert.deepEqual(notes(id), []);
  });

  it("is told once where the machine cannot be kept awake", async () => {
    labWith({ "vigil.run.keepAwake": true });
    const bin = join(lab.home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "systemd-inhibit"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(bin, "systemd-inhibit"), 0o755);
    lab.env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    await lab.serve(turns([bash("sleep 2.5")], [finish()]));
    const run = await lab.json(ran, "run", "Asleep", "--stage", "gated-write");
    assert.deepEqual(notes(run.id).map((note) => note.slice(0, 96)), ["vigil.run.keepAwake has no effect here: systemd-inhibit ended with exit code 1. The run works, b"]);
  });
});
