// What both launchers are given. The suite cannot tell them apart.

export interface Launch {
  /** The folder that is open. */
  readonly repository: string;
  /** Environment of the extension host, beside what it inherits. */
  readonly env: Readonly<Record<string, string>>;
}
