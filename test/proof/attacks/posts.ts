// The posts of a measurement, taken one after another and given up again; those that this machine lacks are named.
import { takePost, type Post, type Where, type Who } from "./post.js";

const EVERYWHERE: readonly (readonly [Where, Who])[] = [
  ["masked", "current user"],
  ["unmasked", "other user"],
  ["unmasked", "current user"],
  ["masked", "other user"],
];

export interface AtPost<T> {
  readonly name: string;
  readonly found: T;
}

/** Measures at one post (`quick`) or at all four. `lacking` holds a sentence for each post that cannot be had here. */
export async function atPosts<T>(size: "quick" | "whole", dist: string, measure: (post: Post) => Promise<T>): Promise<{ readonly results: readonly AtPost<T>[]; readonly lacking: readonly string[] }> {
  const results: AtPost<T>[] = [];
  const lacking: string[] = [];
  for (const [where, who] of size === "quick" ? EVERYWHERE.slice(0, 1) : EVERYWHERE) {
    const post = takePost(where, who, dist);
    if (typeof post === "string") {
      lacking.push(`${where} root, ${who}: not shown, because ${post}`);
      continue;
    }
    try {
      results.push({ name: post.name, found: await measure(post) });
    } finally {
      post.remove();
    }
  }
  return { results, lacking };
}
