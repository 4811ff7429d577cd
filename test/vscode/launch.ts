// What both launchers are given. The suite cannot tell them apart.

export interface Launch {
  /** The folder that is open; undefined for an empty window. */
  readonly folder: string | undefined;
  /** In Restricted Mode. */
  readonly restricted?: boolean;
  /** Environment of the extension host, beside what it inherits. */
  readonly env: Readonly<Record<string, string>>;
}
