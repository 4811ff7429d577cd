// Attacks from inside, tried for real: first without walls, to know that each is alive, then within them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { attacks, type Attack, type Target } from "./attack-cases.js";
import { bases, hostProcess, listen, makeFixture } from "./fixture.js";

interface Siege {
  readonly target: Target;
  run(attack: Attack, perform: (command: string) => Promise<string>): Promise<boolean>;
  lift(): Promise<void>;
}

async function besiege(below: string): Promise<Siege> {
  const fixture = makeFixture(below);
  let host = hostProcess();
  const socket = join(fixture.out, "agent.sock");
  const abstract = `vigil-${fixture.base.split("/").at(-1) ?? ""}`;
  const listeners = await Promise.all([listen(0), listen(socket), listen(`\0${abstract}`)]);
  let seen = 0;
  const visits = (): number => listeners.reduce((sum, listener) => sum + listener.visits(), 0);
  const target: Target = {
    ...fixture, socket, abstract, port: listeners[0].port,
    get hostPid() {
      return host.pid ?? 0;
    },
    visits: () => visits() - seen,
    isHostAlive: () => host.exitCode === null && host.signalCode === null,
  };
  return {
    target,
    async run(attack, perform) {
      seen = visits();
      rmSync(fixture.escaped, { recursive: true, force: true });
      if (!target.isHostAlive()) host = hostProcess();
      const output = await perform(attack.command(target));
      // One turn of the loop: what the kernel already knows about connections and ended processes reaches us.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return attack.broke(target, output);
    },
    async lift() {
      for (const { server } of listeners) server.close();
      const gone = once(host, "exit");
      if (target.isHostAlive() && host.kill("SIGKILL")) await gone;
      for (const folder of ["/tmp", "/var/tmp", "/dev/shm"]) rmSync(`${folder}/left-${fixture.base.split("/").at(-1) ?? ""}`, { force: true });
      await fixture.remove();
    },
  };
}

describe("attacks from a shell", () => {
  it("are alive where nothing protects", async function () {
    this.timeout(180_000);
    const dead: string[] = [];
    for (const attack of attacks.filter(({ control }) => control === undefined)) {
      const siege = await besiege(bases()[0] ?? "/tmp");
      attack.setup?.(siege.target);
      const unprotected = (command: string): Promise<string> =>
        new Promise((resolve) => {
          execFile("bash", ["-c", command], { cwd: siege.target.root, timeout: 10_000 }, (_, stdout, stderr) => resolve(stdout + stderr));
        });
      try {
        if (!(await siege.run(attack, unprotected))) dead.push(attack.name);
      } finally {
        await siege.lift();
      }
    }
    assert.deepEqual(dead, []);
  });

  for (const below of bases()) {
    it(`are dead under ${below.startsWith("/opt") || below.startsWith("/tmp") ? below : "a folder of one's own"}`, async function () {
      this.timeout(180_000);
      const siege = await besiege(below);
      const alive: string[] = [];
      let ghosts: readonly string[] = [];
      try {
        for (const attack of attacks) attack.setup?.(siege.target);
        const workshop = await siege.target.workshop();
        for (const attack of attacks) {
          const broke = await siege.run(attack, async (command) => {
            const result = await workshop.call({ id: "attack", tool: "bash", input: { command }, timeoutMs: 20_000 });
            return result.kind === "lost" ? result.why : result.text;
          });
          if (broke) alive.push(attack.name);
        }
        ghosts = readdirSync(siege.target.root).filter((name) => name.endsWith(".vigil-own"));
      } finally {
        await siege.lift();
      }
      assert.deepEqual({ alive, ghosts }, { alive: [], ghosts: [] });
    });
  }
});
