// Which stages this machine can enforce right now: the sandbox's own test decides, every time.
import { STAGES, type Stage } from "../core/stage.js";
import { detectSandbox } from "../sandbox/detect.js";

export interface MachineStages {
  readonly enforceable: readonly Stage[];
  /** What is missing and the remedy, where something is. */
  readonly why?: string;
}

/** Without walls none: a runner works behind them only, so a run would stand still at once. */
export async function machineStages(): Promise<MachineStages> {
  const test = await (await detectSandbox()).selfTest();
  if (test.passed) return { enforceable: STAGES };
  const failed = test.probes.filter((probe) => !probe.passed).map((probe) => probe.name);
  return { enforceable: [], why: test.remedy ?? `the sandbox failed its test (${failed.join(", ")})` };
}
