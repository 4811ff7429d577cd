// Builds the filter through which every system call of a confined process goes, as classic BPF bytes for the kernel.
// It must never depend on what bubblewrap or a namespace already refuses: it is the wall behind those walls.
import { absentCalls, judgedCalls, refusedCalls, type CallNumber } from "./syscalls.js";

export type Processor = "x64" | "arm64";

/** Offsets into struct seccomp_data (linux/seccomp.h); arguments are 64 bits, little-endian, low half first. */
const OFFSET = { call: 0, processor: 4, argument: (n: number): number => 16 + 8 * n } as const;

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 (linux/audit.h). */
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

/** SECCOMP_RET_* and the errno values of both processors. */
export const ANSWER = {
  allow: 0x7fff0000,
  kill: 0x80000000,
  notPermitted: 0x00050000 | 1,
  noSuchCall: 0x00050000 | 38,
  noSuchFamily: 0x00050000 | 97,
} as const;

/** x32 calls carry this bit; they would reach the same kernel code under other numbers. */
const X32 = 0x40000000;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
/** CLONE_NEWTIME shares its bit with clone's exit signal, so only unshare can ask for it. */
const NEW_TIME = 0x00000080;

const FAMILY = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;
/** TIOCSTI types into a terminal, TIOCLINUX pastes into a console, TIOCSETD changes its line discipline. */
const REFUSED_TERMINAL_REQUESTS = [0x5412, 0x541c, 0x5423];

interface Instruction {
  readonly code: number;
  readonly yes: number;
  readonly no: number;
  readonly value: number;
}

const load = (offset: number): Instruction => ({ code: 0x20, yes: 0, no: 0, value: offset });
const answer = (value: number): Instruction => ({ code: 0x06, yes: 0, no: 0, value });
const whenEqual = (value: number, yes: number, no: number): Instruction => ({ code: 0x15, yes, no, value });
const whenBits = (value: number, yes: number, no: number): Instruction => ({ code: 0x45, yes, no, value });

/** One call whose number is in the accumulator: runs `body` for it, else goes on behind. `body` must end in answers. */
function forCall(call: CallNumber, processor: Processor, body: readonly Instruction[]): readonly Instruction[] {
  const number = call[processor];
  return number === undefined ? [] : [whenEqual(number, 0, body.length), ...body];
}

/** The program, as an array of 8-byte struct sock_filter. */
export function seccompFilter(processor: Processor): Uint8Array {
  const { clone, unshare, socket, ioctl } = judgedCalls;
  const program: Instruction[] = [
    load(OFFSET.processor),
    whenEqual(AUDIT[processor], 1, 0),
    answer(ANSWER.kill),
    load(OFFSET.call),
    ...(processor === "x64" ? [whenBits(X32, 0, 1), answer(ANSWER.notPermitted)] : []),
  ];
  for (const call of Object.values(refusedCalls)) program.push(...forCall(call, processor, [answer(ANSWER.notPermitted)]));
  for (const call of Object.values(absentCalls)) program.push(...forCall(call, processor, [answer(ANSWER.noSuchCall)]));
  program.push(
    ...forCall(clone, processor, refuseBits(NEW_NAMESPACES)),
    ...forCall(unshare, processor, refuseBits(NEW_NAMESPACES | NEW_TIME)),
    ...forCall(socket, processor, socketRules()),
    ...forCall(ioctl, processor, terminalRules()),
    answer(ANSWER.allow),
  );
  return encode(program);
}

function refuseBits(bits: number): readonly Instruction[] {
  return [load(OFFSET.argument(0)), whenBits(bits >>> 0, 0, 1), answer(ANSWER.notPermitted), answer(ANSWER.allow)];
}

// A list of what may be, because new families come with every kernel. AF_UNIX reaches agents and daemons of the host
// through the file system; netlink is kept for the routing protocol, which is how programs list their interfaces.
function socketRules(): readonly Instruction[] {
  return [
    load(OFFSET.argument(0)),
    whenEqual(FAMILY.inet, 7, 0),
    whenEqual(FAMILY.inet6, 6, 0),
    whenEqual(FAMILY.unix, 3, 0),
    whenEqual(FAMILY.netlink, 0, 3),
    load(OFFSET.argument(2)),
    whenEqual(0, 2, 0),
    answer(ANSWER.notPermitted),
    answer(ANSWER.noSuchFamily),
    answer(ANSWER.allow),
  ];
}

function terminalRules(): readonly Instruction[] {
  const rules: Instruction[] = [load(OFFSET.argument(1))];
  for (const request of REFUSED_TERMINAL_REQUESTS) rules.push(whenEqual(request, 0, 1), answer(ANSWER.notPermitted));
  return [...rules, answer(ANSWER.allow)];
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [index, { code, yes, no, value }] of program.entries()) {
    if (yes > 255 || no > 255) throw new Error(`instruction ${index} of the system call filter jumps too far`);
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, yes);
    bytes.setUint8(index * 8 + 3, no);
    bytes.setUint32(index * 8 + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
