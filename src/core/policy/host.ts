// Hosts as settings and permissions name them: an exact name or IPv4 address, or `*.` and a name, each with an optional
// port. What is not plainly one of these matches nothing: a loose reading here would open the network.
import { z } from "zod";
import { allowedBy, BOTH } from "./all-of.js";

interface Host {
  /** Lower case; without the `*.` of a pattern. */
  readonly name: string;
  /** Any name below `name`, but not `name` itself. */
  readonly below: boolean;
  /** Undefined: any port. */
  readonly port: number | undefined;
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/u;
const NUMBER = /^(?:0x[0-9a-f]*|\d+)$/u;
const OCTET = /^(?:0|[1-9]\d{0,2})$/u;
const LONGEST_NAME = 253;

/** A host as a settings file may name it. */
export const hostSchema = z.string().superRefine((text, context) => {
  const problem = hostProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

/** What is wrong with a host, as a clause that says what to write instead; undefined for a good one. */
export function hostProblem(text: string): string | undefined {
  const read = readHost(text);
  return typeof read === "string" ? read : undefined;
}

/** Whether a connection to this name or address is allowed. `host` is as it would be dialled: lower case, no dot at its end. */
export function hostAllowed(entries: readonly string[], host: string, port: number): boolean {
  return allowedBy(entries, (part) => {
    const entry = readHost(part);
    return typeof entry !== "string" && nameFits(entry, host) && (entry.port === undefined || entry.port === port);
  });
}

/** Whether the entries already allow all that `asked`, an entry itself, would. */
export function hostCovered(entries: readonly string[], asked: string): boolean {
  const wanted = readHost(asked);
  if (typeof wanted === "string") return false;
  return allowedBy(entries, (part) => {
    const entry = readHost(part);
    if (typeof entry === "string" || (entry.port !== undefined && entry.port !== wanted.port)) return false;
    return wanted.below ? entry.below && (entry.name === wanted.name || nameFits(entry, wanted.name)) : nameFits(entry, wanted.name);
  });
}

/** The names and addresses of the entries that stand for this machine itself. */
export function loopbackNames(entries: readonly string[]): readonly string[] {
  const names = entries.flatMap((entry) => entry.split(BOTH)).flatMap((part) => {
    const host = readHost(part);
    return typeof host === "string" || host.below || !isLoopback(host.name) ? [] : [host.name];
  });
  return [...new Set(names)];
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || isLoopbackAddress(name);
}

function isLoopbackAddress(name: string): boolean {
  return isAddress(name) && name.startsWith("127.");
}

function nameFits(entry: Host, host: string): boolean {
  if (!entry.below) return entry.name === host;
  // An address has no names below it, whatever its text ends with.
  return host.endsWith(`.${entry.name}`) && !host.split(".").some((label) => label === "") && !isAddress(host);
}

function readHost(text: string): Host | string {
  const [whole = "", port, ...rest] = text.toLowerCase().split(":");
  if (/[/@?#\s]/u.test(text)) return "use a host alone, such as registry.example.com or registry.example.com:443: no scheme, no path, no spaces";
  if (/[^\x21-\x7E]/u.test(text)) return "write names with other letters than a to z in their xn-- form";
  if (rest.length > 0 || text.includes("[")) return "use a name or an IPv4 address; IPv6 addresses cannot be named";
  if (port !== undefined && !(/^[1-9]\d{0,4}$/u.test(port) && Number(port) <= 65535)) return "a port is a number from 1 to 65535 behind the colon";
  const below = whole.startsWith("*.");
  const name = below ? whole.slice(2) : whole;
  if (name.includes("*")) return "a * stands only at the beginning, as in *.example.com; name the hosts themselves";
  const labels = name.split(".");
  if (name === "" || name.length > LONGEST_NAME || !labels.every((label) => LABEL.test(label))) return "use a host name such as registry.example.com, without a dot at its end";
  if (below && labels.length < 2) return "a pattern needs at least two names behind its *, as in *.example.com: one alone would open half the internet";
  // Resolvers read 127.1, 0x7f000001 and 2130706433 as addresses: only the form that shows which one is accepted.
  if (NUMBER.test(labels.at(-1) ?? "") && (below || !isAddress(name))) return "write an address as four numbers, such as 10.0.0.7";
  return { name, below, port: port === undefined ? undefined : Number(port) };
}

function isAddress(name: string): boolean {
  const parts = name.split(".");
  return parts.length === 4 && parts.every((part) => OCTET.test(part) && Number(part) <= 255);
}
