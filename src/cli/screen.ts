// The two streams of the command line. With --json stdout holds JSON and nothing else, and what a person should read
// goes to stderr. A reader that goes away (`| head`) ends the command quietly; the live line is drawn on terminals only.

import { cut } from "./cells.js";
import { COLOURS, PLAIN, wantsColour, type Ink } from "./ink.js";

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Redraws at most this often, in milliseconds: ten times a second. */
const REDRAW = 100;

export class Screen {
  private line = "";
  private drawn = false;
  private watching = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly streams: Streams,
    readonly json: boolean,
  ) {}

  /** A person sits in front of it and can answer. */
  get attended(): boolean {
    return this.streams.stdin.isTTY && this.streams.stderr.isTTY;
  }

  /** What is written to stdout is drawn by a terminal, so nothing that steers one may be in it. */
  get drawsOutput(): boolean {
    return this.streams.stdout.isTTY;
  }

  /** Colours for what `say` and `raw` write; none in pipes and files. */
  get ink(): Ink {
    return wantsColour((this.json ? this.streams.stderr : this.streams.stdout).isTTY, this.streams.env) ? COLOURS : PLAIN;
  }

  get columns(): number {
    return Math.max(40, this.streams.stderr.columns || this.streams.stdout.columns || 100);
  }

  /** The command's answer for a person. */
  say(text: string): void {
    this.erase();
    (this.json ? this.streams.stderr : this.streams.stdout).write(`${text}\n`);
    this.draw();
  }

  /** Something beside the answer: a warning, a hint, an error. */
  tell(text: string): void {
    this.erase();
    this.streams.stderr.write(`${text}\n`);
    this.draw();
  }

  /** The command's answer for a program, as one line. */
  data(value: unknown): void {
    this.erase();
    this.streams.stdout.write(`${JSON.stringify(value)}\n`);
    this.draw();
  }

  /** Bytes as they are, such as a patch that somebody will apply. */
  raw(content: string | Uint8Array): void {
    this.erase();
    this.streams.stdout.write(content);
    this.draw();
  }

  /** The live line; an empty one takes it away. Nothing is drawn where stderr is not a terminal. */
  status(text: string): void {
    if (!this.streams.stderr.isTTY) return;
    if (!this.watching) this.streams.stderr.on("resize", this.redraw);
    this.watching = true;
    this.line = text;
    if (this.line === "") this.erase();
    else this.timer ??= setTimeout(this.redraw, REDRAW);
  }

  /** Resolves when everything written has left the process. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.line = "";
    this.erase();
    await Promise.all([this.streams.stdout, this.streams.stderr].map((stream) => new Promise<void>((done) => stream.write("", () => { done(); }))));
  }

  private readonly redraw = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.erase();
    this.draw();
  };

  // The cursor stays at the line's beginning. So a terminal that becomes narrower and breaks the line in two leaves it
  // there too, and clearing from it downwards takes all of the line.
  private erase(): void {
    if (!this.drawn) return;
    this.streams.stderr.write("\u001b[J");
    this.drawn = false;
  }

  private draw(): void {
    const line = cut(this.line, (this.streams.stderr.columns || 80) - 1);
    if (line === "") return;
    this.streams.stderr.write(`${line}\r`);
    this.drawn = true;
  }
}
