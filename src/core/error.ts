// The one error whose message is shown to a person as it is. Anything else that is thrown is a bug.

/**
 * Something a person must act on. `message` is a whole sentence that says what happened, what it means and what to do
 * next; it is printed unchanged. `exit` is the command line's exit code (1 failed, 2 usage).
 */
export class HumanError extends Error {
  constructor(
    message: string,
    readonly exit: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "HumanError";
  }
}
