// Who gives a command: the git identity of whoever sits here. A command without a name behind it is not given.
import { HumanError } from "../core/error.js";
import type { Person } from "../core/log/parts.js";
import { gitIdentity } from "../git/identity.js";
import type { Repository } from "../git/types.js";

/** Throws HumanError with the remedy where git knows no name or e-mail address. */
export async function requirePerson(repository: Repository): Promise<Person> {
  const person = await gitIdentity(repository);
  if (person !== undefined) return person;
  throw new HumanError(
    'Git does not know who you are, so nobody could answer for what is decided here. Set it once: git config --global user.name "Your Name" and git config --global user.email "you@example.com".',
  );
}
