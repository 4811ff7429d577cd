// How the model is reached: the key from the environment, the base URL from there or from the person's own settings.
// A key goes to a runner's standard input and nowhere else: not into the log, an argument, or a file.
import { HumanError } from "../core/error.js";
import type { Environment } from "./open-repository.js";

export interface ModelAccess {
  readonly apiKey?: string;
  readonly authToken?: string;
  readonly baseUrl?: string;
}

/** Undefined when the environment holds no key. */
export function modelAccess(env: Environment): ModelAccess | undefined {
  const apiKey = env["ANTHROPIC_API_KEY"];
  const authToken = env["ANTHROPIC_AUTH_TOKEN"];
  if (isBlank(apiKey) && isBlank(authToken)) return undefined;
  const baseUrl = env["ANTHROPIC_BASE_URL"];
  return {
    ...(isBlank(apiKey) ? {} : { apiKey }),
    ...(isBlank(authToken) ? {} : { authToken }),
    ...(isBlank(baseUrl) ? {} : { baseUrl }),
  };
}

/** Throws HumanError with the remedy when there is no key, or when the base URL cannot be one. */
export function requireModelAccess(env: Environment): ModelAccess {
  checkBaseUrl(env["ANTHROPIC_BASE_URL"], "ANTHROPIC_BASE_URL");
  const access = modelAccess(env);
  if (access !== undefined) return access;
  const loopback = env["ANTHROPIC_BASE_URL"] === undefined ? "" : " A server on this machine that checks no key still needs one to be set: any text will do.";
  throw new HumanError(
    `No key for the model: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) and give the command again.${loopback} To see a whole run without a key: vigil rehearse.`,
    1,
  );
}

/** Throws HumanError (exit 2) naming where the value stands. Nothing is asked of the network. */
export function checkBaseUrl(text: string | undefined, where: string): void {
  if (isBlank(text)) return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return;
  throw new HumanError(`${where} is "${text.slice(0, 100)}", which is not an http or https address. Write it like https://api.anthropic.com, or remove it.`, 2);
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === "";
}
