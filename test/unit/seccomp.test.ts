// The filter's bytes, run by a small interpreter of the kernel's classic BPF, against what each call must be answered.
import assert from "node:assert/strict";
import { ANSWER, seccompFilter, type Processor } from "../../src/sandbox/seccomp.js";
import { refusedCalls } from "../../src/sandbox/syscalls.js";

interface Call {
  readonly number: number;
  readonly arguments?: readonly number[];
  readonly audit?: number;
}

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

function judge(processor: Processor, call: Call): number {
  const filter = new DataView(seccompFilter(processor).buffer);
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call.number, true);
  data.setUint32(4, call.audit ?? AUDIT[processor], true);
  for (const [n, value] of (call.arguments ?? []).entries()) data.setBigUint64(16 + 8 * n, BigInt.asUintN(64, BigInt(value)), true);
  let accumulator = 0;
  for (let at = 0; at * 8 < filter.byteLength; at += 1) {
    const [code, yes, no, value] = [filter.getUint16(at * 8, true), filter.getUint8(at * 8 + 2), filter.getUint8(at * 8 + 3), filter.getUint32(at * 8 + 4, true)];
    if (code === 0x20) accumulator = data.getUint32(value, true);
    else if (code === 0x15) at += accumulator === value ? yes : no;
    else if (code === 0x45) at += (accumulator & value) !== 0 ? yes : no;
    else if (code === 0x06) return value;
    else throw new Error(`instruction ${at} has the unknown code ${code}`);
  }
  throw new Error("the filter ended without an answer");
}

const names = new Map<number, string>(Object.entries(ANSWER).map(([name, value]) => [value, name]));

function check(processor: Processor, call: Call, expected: keyof typeof ANSWER): void {
  assert.equal(names.get(judge(processor, call)), expected);
}

const numbers = {
  x64: { read: 0, socket: 41, socketpair: 53, clone: 56, clone3: 435, unshare: 272, ioctl: 16, ring: 425 },
  arm64: { read: 63, socket: 198, socketpair: 199, clone: 220, clone3: 435, unshare: 97, ioctl: 29, ring: 425 },
} as const;

describe("the system call filter", () => {
  for (const processor of ["x64", "arm64"] as const) {
    const call = numbers[processor];
    const cases: readonly (readonly [string, Call, keyof typeof ANSWER])[] = [
      ["lets ordinary calls through", { number: call.read }, "allow"],
      ["ends a program of another processor", { number: call.read, audit: 0x40000003 }, "kill"],
      ["refuses unix sockets", { number: call.socket, arguments: [1, 1, 0] }, "notPermitted"],
      ["lets a pair of sockets be made", { number: call.socketpair, arguments: [1, 1, 0] }, "allow"],
      ["lets internet sockets be made", { number: call.socket, arguments: [2, 1, 0] }, "allow"],
      ["lets IPv6 sockets be made", { number: call.socket, arguments: [10, 2, 0] }, "allow"],
      ["lets the routing table be asked", { number: call.socket, arguments: [16, 3, 0] }, "allow"],
      ["refuses other netlink families", { number: call.socket, arguments: [16, 3, 9] }, "notPermitted"],
      ["does not know vsock", { number: call.socket, arguments: [40, 1, 0] }, "noSuchFamily"],
      ["does not know packet sockets", { number: call.socket, arguments: [17, 3, 0] }, "noSuchFamily"],
      ["is not fooled by the upper half of the family", { number: call.socket, arguments: [0x1_0000_0001, 1, 0] }, "notPermitted"],
      ["lets threads and children be made", { number: call.clone, arguments: [0x003d0f00] }, "allow"],
      ["refuses a clone into a user namespace", { number: call.clone, arguments: [0x10000011] }, "notPermitted"],
      ["refuses a clone into a mount namespace", { number: call.clone, arguments: [0x00020011] }, "notPermitted"],
      ["refuses an unshare of the time namespace", { number: call.unshare, arguments: [0x80] }, "notPermitted"],
      ["lets open files be unshared", { number: call.unshare, arguments: [0x400] }, "allow"],
      ["does not know clone3, whose flags it cannot see", { number: call.clone3 }, "noSuchCall"],
      ["does not know io_uring", { number: call.ring }, "noSuchCall"],
      ["refuses typing into a terminal", { number: call.ioctl, arguments: [0, 0x5412, 0] }, "notPermitted"],
      ["refuses typing into a terminal with upper bits set", { number: call.ioctl, arguments: [0, 0x7_0000_5412, 0] }, "notPermitted"],
      ["refuses pasting into a console", { number: call.ioctl, arguments: [0, 0x541c, 0] }, "notPermitted"],
      ["lets the size of a terminal be asked", { number: call.ioctl, arguments: [0, 0x5413, 0] }, "allow"],
    ];
    for (const [name, input, expected] of cases) it(`${name} (${processor})`, () => check(processor, input, expected));
    it(`refuses every call of its list (${processor})`, () => {
      const through = Object.entries(refusedCalls)
        .filter(([, number]) => number[processor] !== undefined && judge(processor, { number: number[processor] }) !== ANSWER.notPermitted)
        .map(([name]) => name);
      assert.deepEqual(through, []);
    });
  }
  it("refuses the x32 interface", () => check("x64", { number: 0x40000000 | 1 }, "notPermitted"));
});
