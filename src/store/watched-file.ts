// The file by which an editor window says that somebody can see the runs of a repository. Its time is all that it holds.

/** In the folder of the runs. */
export const WATCHED_FILE = ".watched";
/** A window that has not touched it for so long is gone, in milliseconds. */
export const WATCHED_MS = 60_000;
