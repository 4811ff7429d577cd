// Mocha's reporter for this repository: one line a subject, failures in full at the end. Where a parent process
// listens, it is told of every result at once, so that a crash later on loses none. It never decides what passes.
import Mocha from "mocha";

const { EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Mocha.Runner.constants;

/** What the parent is told; `failed` also stands for a hook that failed. */
export interface TestMessage {
  readonly kind: "passed" | "failed" | "ended";
}

export default class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const tally = { passed: 0, failed: 0, ms: 0 };
    runner.on(EVENT_TEST_PASS, (test) => {
      tally.passed += 1;
      tally.ms += test.duration ?? 0;
      tell({ kind: "passed" });
    });
    runner.on(EVENT_TEST_FAIL, () => {
      tally.failed += 1;
      tell({ kind: "failed" });
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root !== true) return;
      const failed = tally.failed > 0 ? `, ${String(tally.failed)} FAILED` : "";
      process.stdout.write(`  ${suite.title}: ${String(tally.passed)} passed${failed} (${String(tally.ms)} ms)\n`);
      Object.assign(tally, { passed: 0, failed: 0, ms: 0 });
    });
    runner.once(EVENT_RUN_END, () => {
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
      tell({ kind: "ended" });
    });
  }
}

function tell(message: TestMessage): void {
  process.send?.(message);
}
