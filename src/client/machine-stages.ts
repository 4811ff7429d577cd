// Which stages this machine can enforce right now: the sandbox's own test decides, every time.
import { STAGES, type Stage } from "../core/stage.js";
import { detectSandbox } from "../sandbox/detect.js";

export interface MachineStages {
  readonly enforceable: readonly Stage[];
  /** What is missing and the remedy, where something is: then read-only is offered without commands only. */
  readonly why?: string;
}

/** Without walls one thing is left: reading and proposing by the runner's own tools, which run no command. */
export async function machineStages(): Promise<MachineStages> {
  const test = await (await detectSandbox()).selfTest();
  if (test.passed) return { enforceable: STAGES };
  const failed = test.probes.filter((probe) => !probe.passed).map((probe) => probe.name);
  return { enforceable: ["read-only"], why: test.remedy ?? `The sandbox failed its test here (${failed.join(", ")}).` };
}
