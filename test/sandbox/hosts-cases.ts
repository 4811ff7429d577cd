// Bytes that a hostile program sends to the proxy, and what must come back. Every case aims at the server that policy does
// not name, or at the one it names under a name that it does not.

export interface RawCase {
  readonly name: string;
  /** What is sent, by turns: each part waits for an answer to the one before. Latin-1. */
  readonly bytes: (ports: { readonly open: number; readonly shut: number }) => readonly string[];
  /** What the program prints: the first line of each answer. */
  readonly answer: RegExp;
}

const REFUSED = /^HTTP\/1\.1 (?:403|400)/;
const get = (authority: string, more = ""): string => `GET http://${authority}/stolen HTTP/1.1\r\nHost: ${authority}\r\n${more}\r\n`;
const tunnel = (target: string, host = target): string => `CONNECT ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const raw = (name: string, bytes: RawCase["bytes"], answer: RegExp = REFUSED): RawCase => ({ name, bytes, answer });
const word = (port: number): string => String.fromCharCode(port >> 8, port & 255);
/** A SOCKS5 connection by name. */
const socks = (host: string, port: number): readonly string[] => ["\x05\x01\x00", `\x05\x01\x00\x03${String.fromCharCode(host.length)}${host}${word(port)}`];
const SOCKS_REFUSED = /^socks 0 socks (?!0)\d+$/;

export const RAW_CASES: readonly RawCase[] = [
  raw("a tunnel to another port", ({ shut }) => [tunnel(`127.0.0.1:${shut}`)]),
  raw("a tunnel whose Host names the allowed server", ({ open, shut }) => [tunnel(`127.0.0.1:${shut}`, `127.0.0.1:${open}`)]),
  raw("a request whose Host names the allowed server", ({ open, shut }) => [`GET http://127.0.0.1:${shut}/ HTTP/1.1\r\nHost: 127.0.0.1:${open}\r\n\r\n`]),
  raw("a path alone, with the other server as Host", ({ shut }) => [`GET / HTTP/1.1\r\nHost: 127.0.0.1:${shut}\r\n\r\n`], /^HTTP\/1\.1 (?:400|403|500)/),
  raw("a user name that looks like the allowed server", ({ open, shut }) => [get(`127.0.0.1:${open}@127.0.0.1:${shut}`)]),
  raw("a backslash before the other server", ({ open, shut }) => [get(`127.0.0.1:${shut}\\@127.0.0.1:${open}`)]),
  raw("a fragment before the other server", ({ open, shut }) => [get(`127.0.0.1:${shut}#@127.0.0.1:${open}`)]),
  raw("a tab in the authority", ({ shut }) => [`GET http://127.0.0.1:\t${shut}/ HTTP/1.1\r\n\r\n`]),
  ...["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "localhost", "LOCALHOST.", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "a.localhost"].flatMap((spelled) => [
    raw(`this machine spelled ${spelled}`, ({ shut }: { readonly shut: number }) => [get(`${spelled}:${shut}`)]),
    raw(`a tunnel to this machine spelled ${spelled}`, ({ shut }: { readonly shut: number }) => [tunnel(`${spelled}:${shut}`)]),
  ]),
  raw("the allowed port under a name that policy does not have", ({ open }) => [get(`localhost:${open}`)]),
  raw("a neighbour on the loopback", ({ open }) => [get(`127.0.0.2:${open}`)]),
  raw("the metadata service", () => [get("169.254.169.254")]),
  raw("a port with zeros before it", ({ open }) => [tunnel(`127.0.0.1:0${open}0`)]),
  raw("a port beyond the range that wraps round", ({ open }) => [tunnel(`127.0.0.1:${open + 65536}`)]),
  raw("a second request on the connection of an allowed one", ({ open, shut }) => [`GET http://127.0.0.1:${open}/ HTTP/1.1\r\nHost: x\r\n\r\n`, get(`127.0.0.1:${shut}`)], /^HTTP\/1\.1 200.*HTTP\/1\.1 403/s),
  raw("two requests in one piece", ({ open, shut }) => [`GET http://127.0.0.1:${open}/ HTTP/1.1\r\nHost: x\r\n\r\n${get(`127.0.0.1:${shut}`, "Connection: close\r\n")}`], /^HTTP\/1\.1 200/),
  raw("a request smuggled in a body with two lengths", ({ open, shut }) => [`POST http://127.0.0.1:${open}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get(`127.0.0.1:${shut}`)}`]),
  raw("a line break in the target", ({ open, shut }) => [`CONNECT 127.0.0.1:${open}\rCONNECT 127.0.0.1:${shut} HTTP/1.1\r\n\r\n`]),
  raw("a NUL in the name", ({ open, shut }) => [tunnel(`127.0.0.1\0.x:${shut}`, `127.0.0.1:${open}`)]),
  raw("another scheme", ({ shut }) => [`GET ftp://127.0.0.1:${shut}/ HTTP/1.1\r\nHost: x\r\n\r\n`]),
  raw("a file of the machine", () => ["GET file:///etc/hostname HTTP/1.1\r\nHost: x\r\n\r\n"], /^HTTP\/1\.1 (?:400|403|500)/),
  raw("SOCKS5 to another port", ({ shut }) => socks("127.0.0.1", shut), SOCKS_REFUSED),
  raw("SOCKS5 to another port by its address", ({ shut }) => ["\x05\x01\x00", `\x05\x01\x00\x01\x7f\x00\x00\x01${word(shut)}`], SOCKS_REFUSED),
  raw("SOCKS5 to an IPv6 address", ({ shut }) => ["\x05\x01\x00", `\x05\x01\x00\x04${"\0".repeat(15)}\x01${word(shut)}`], SOCKS_REFUSED),
  raw("SOCKS5 to a name with a NUL before the allowed one", ({ shut }) => socks("localhost\0.127.0.0.1", shut), /^socks 0(?: socks (?!0)\d+)?$/),
  raw("SOCKS5 that asks to listen", ({ open }) => ["\x05\x01\x00", `\x05\x02\x00\x01\x7f\x00\x00\x01${word(open)}`], /^socks 0(?: socks (?!0)\d+)?$/),
  raw("SOCKS5 that asks for datagrams", ({ open }) => ["\x05\x01\x00", `\x05\x03\x00\x01\x7f\x00\x00\x01${word(open)}`], /^socks 0(?: socks (?!0)\d+)?$/),
  raw("SOCKS4", ({ shut }) => [`\x04\x01${word(shut)}\x7f\x00\x00\x01\0`], /^closed$/),
  raw("bytes that are no protocol", () => ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], /^(?:HTTP\/1\.1 400|closed)/),
];

/** A command line for inside the walls: sends each case's parts and prints the answers' first lines, as one JSON array. */
export function rawProgram(cases: readonly (readonly string[])[]): string {
  const encoded = JSON.stringify(cases.map((parts) => parts.map((part) => Buffer.from(part, "latin1").toString("base64"))));
  const program = `
const net = require("net");
const tried = (parts) => new Promise((done) => {
  const socket = net.connect(3128, "127.0.0.1");
  const said = [];
  const leave = () => { clearTimeout(late); socket.destroy(); done(said.length === 0 ? "closed" : said.join(" ")); };
  const late = setTimeout(leave, 8000);
  const next = () => { const part = parts.shift(); if (part === undefined) socket.end(); else socket.write(Buffer.from(part, "base64")); };
  socket.on("connect", next);
  socket.on("data", (data) => { said.push(data[0] === 5 || data[0] === 0 ? "socks " + data[1] : data.toString("latin1").split("\\r\\n")[0]); next(); });
  socket.on("close", leave);
  socket.on("error", leave);
});
(async () => {
  const answers = [];
  for (const parts of ${encoded}) answers.push(await tried(parts));
  console.log(JSON.stringify(answers));
})();
`;
  return `node -e '${program}'`;
}
