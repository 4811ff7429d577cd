// Builds a tiny native program that makes given system calls and prints what each returned, so that the self-test can
// ask the kernel itself instead of trusting a tool that may not be installed. It must never make a call that changes
// anything when it is allowed.
import type { Processor } from "./seccomp.js";

/** One system call: its number and up to six arguments. */
export interface ProbeCall {
  readonly number: number;
  readonly arguments: readonly number[];
}

const BASE = 0x400000;
const HEADERS = 64 + 56;

/**
 * An ELF executable that writes one little-endian 64-bit result a call to standard output and exits 0. Results between
 * -4095 and -1 are negated errno values.
 */
export function probeProgram(processor: Processor, calls: readonly ProbeCall[]): Uint8Array {
  // The results lie behind the code, whose length does not depend on their address.
  const draft = processor === "x64" ? codeX64(calls, 0) : codeArm64(calls, 0);
  const results = align(BASE + HEADERS + draft.length);
  const code = processor === "x64" ? codeX64(calls, results) : codeArm64(calls, results);
  const image = Buffer.alloc(results - BASE + calls.length * 8);
  writeHeaders(image, processor);
  Buffer.from(code).copy(image, HEADERS);
  return new Uint8Array(image);
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}

function writeHeaders(image: Buffer, processor: Processor): void {
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  image.writeUInt16LE(2, 16); // an executable
  image.writeUInt16LE(processor === "x64" ? 62 : 183, 18);
  image.writeUInt32LE(1, 20);
  image.writeBigUInt64LE(BigInt(BASE + HEADERS), 24); // entry
  image.writeBigUInt64LE(64n, 32); // program headers follow
  image.writeUInt16LE(64, 52);
  image.writeUInt16LE(56, 54);
  image.writeUInt16LE(1, 56);
  image.writeUInt32LE(1, 64); // one segment to load
  image.writeUInt32LE(7, 68); // readable, writable, executable: the results are stored in it
  image.writeBigUInt64LE(BigInt(BASE), 80);
  image.writeBigUInt64LE(BigInt(BASE), 88);
  image.writeBigUInt64LE(BigInt(image.length), 96);
  image.writeBigUInt64LE(BigInt(image.length), 104);
  image.writeBigUInt64LE(0x1000n, 112);
}

function codeX64(calls: readonly ProbeCall[], results: number): number[] {
  // mov r64, imm64 for rdi, rsi, rdx, r10, r8, r9
  const registers = [[0x48, 0xbf], [0x48, 0xbe], [0x48, 0xba], [0x49, 0xba], [0x49, 0xb8], [0x49, 0xb9]];
  const call = (number: number, values: readonly number[]): number[] => [
    ...registers.flatMap((register, n) => [...register, ...wide(values[n] ?? 0)]),
    0x48, 0xb8, ...wide(number), // mov rax, number
    0x0f, 0x05, // syscall
  ];
  return [
    ...calls.flatMap((each, n) => [
      ...call(each.number, each.arguments),
      0x48, 0xbb, ...wide(results + 8 * n), // mov rbx, address
      0x48, 0x89, 0x03, // mov [rbx], rax
    ]),
    ...call(1, [1, results, calls.length * 8]), // write
    ...call(231, [0]), // exit_group
  ];
}

function codeArm64(calls: readonly ProbeCall[], results: number): number[] {
  const move = (register: number, value: number): number[] =>
    [0, 1, 2, 3].flatMap((part) => {
      const half = Number((BigInt.asUintN(64, BigInt(value)) >> BigInt(16 * part)) & 0xffffn);
      return word(((part === 0 ? 0xd2800000 : 0xf2800000) | (part << 21) | (half << 5) | register) >>> 0); // movz, movk
    });
  const call = (number: number, values: readonly number[]): number[] => [
    ...[0, 1, 2, 3, 4, 5].flatMap((register) => move(register, values[register] ?? 0)),
    ...move(8, number),
    ...word(0xd4000001), // svc #0
  ];
  return [
    ...calls.flatMap((each, n) => [...call(each.number, each.arguments), ...move(9, results + 8 * n), ...word(0xf9000120)]), // str x0, [x9]
    ...call(64, [1, results, calls.length * 8]), // write
    ...call(94, [0]), // exit_group
  ];
}

function wide(value: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return [...bytes];
}

function word(value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return [...bytes];
}
