// The system calls that the self-test makes from inside, and what each must be answered. Knowledge, no effects.
import type { ProbeCall } from "./probe-program.js";
import type { Probe } from "./sandbox.js";
import { absentCalls, judgedCalls, refusedCalls, type CallNumber } from "./syscalls.js";

interface CallProbe {
  readonly name: string;
  readonly call: ProbeCall;
  /** The negated errno that the filter gives; `works` where the call must succeed. */
  readonly wanted: number | "works";
}

const NOT_PERMITTED = -1;
const NO_SUCH_CALL = -38;
const NO_SUCH_FAMILY = -97;
const NEW_USER_NAMESPACE = 0x10000000;
const TYPE_INTO_TERMINAL = 0x5412;

/** In the order in which the probe program makes them. */
export function callProbes(): readonly CallProbe[] {
  const probe = (name: string, number: CallNumber, values: readonly number[], wanted: CallProbe["wanted"]): CallProbe[] => {
    const own = process.arch === "arm64" ? number.arm64 : number.x64;
    return own === undefined ? [] : [{ name, call: { number: own, arguments: values }, wanted }];
  };
  return [
    ...probe("other processes cannot be traced", refusedCalls.ptrace, [16, 1, 0, 0], NOT_PERMITTED),
    ...probe("nothing can be mounted", refusedCalls.mount, [0, 0, 0, 0, 0], NOT_PERMITTED),
    ...probe("no namespace can be made", judgedCalls.unshare, [NEW_USER_NAMESPACE], NOT_PERMITTED),
    ...probe("the kernel's key rings are out of reach", refusedCalls.keyctl, [0, -3, 0], NOT_PERMITTED),
    ...probe("io_uring is absent", absentCalls.io_uring_setup, [1, 0], NO_SUCH_CALL),
    ...probe("clone3 is absent, so that clone can be judged", absentCalls.clone3, [0, 0], NO_SUCH_CALL),
    ...probe("no program can be loaded into the kernel", refusedCalls.bpf, [0, 0, 0], NOT_PERMITTED),
    ...probe("unix sockets are refused", judgedCalls.socket, [1, 1, 0], NOT_PERMITTED),
    ...probe("vsock sockets are refused", judgedCalls.socket, [40, 1, 0], NO_SUCH_FAMILY),
    ...probe("a terminal cannot be typed into", judgedCalls.ioctl, [0, TYPE_INTO_TERMINAL, 0], NOT_PERMITTED),
    ...probe("numbers of the x32 interface are refused", { x64: 0x40000000 | 39, arm64: undefined }, [], NOT_PERMITTED),
    ...probe("internet sockets can be made for its own loopback", judgedCalls.socket, [2, 1, 0], "works"),
  ];
}

/** `results`: what the probe program wrote, eight bytes a call. */
export function judgeCalls(results: Buffer): readonly Probe[] {
  return callProbes().map(({ name, wanted }, index) => {
    if (results.length < (index + 1) * 8) return { name, passed: false, detail: "no answer" };
    const got = Number(results.readBigInt64LE(index * 8));
    const passed = wanted === "works" ? got >= 0 : got === wanted;
    return passed ? { name, passed } : { name, passed, detail: `answered ${got}` };
  });
}
