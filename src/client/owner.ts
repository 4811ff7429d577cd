// Who answers for a run: the owner that policy names, else whoever starts it.
import type { Person } from "../core/log/parts.js";

/** `owner` is "Name <mail>" or a mail address; the person's own name is used where the address is theirs. */
export function ownerOf(owner: string | undefined, person: Person): Person {
  if (owner === undefined) return person;
  const written = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(owner);
  const name = written?.[1] ?? "";
  const email = (written?.[2] ?? owner).trim();
  if (email.toLowerCase() === person.email.toLowerCase()) return { name: name === "" ? person.name : name, email };
  return { name: name === "" ? (email.split("@")[0] ?? email) : name, email };
}
