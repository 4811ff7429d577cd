// Where a log ends, seen from the chain: how many events, how many bytes, and the hash that the next line must follow.

export interface Position {
  /** Number of the last event; 0 before the first. */
  readonly seq: number;
  /** Offset in bytes just after that event's line. */
  readonly bytes: number;
  /** Lower-case hex SHA-256 of that event's line; 64 zeros before the first. */
  readonly hash: string;
}

export const START: Position = { seq: 0, bytes: 0, hash: "0".repeat(64) };
