// The page's only way out: messages to the extension, and the little that survives the page being hidden.
import type { FromPanel, ToPanel } from "../core/panel/messages.js";
import type { Place } from "./place.js";

/** What VS Code gives a page: https://code.visualstudio.com/api/references/vscode-api#Webview */
interface Host {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: Kept): void;
}

/** Kept by the editor for this panel. `run` lets a restored panel find its run again. */
export interface Kept {
  readonly run: string;
  readonly place: Place;
}

declare function acquireVsCodeApi(): Host;

export interface Bridge {
  post(message: FromPanel): void;
  kept(): Kept | undefined;
  keep(kept: Kept): void;
  listen(heard: (message: ToPanel) => void): void;
}

export function bridge(): Bridge {
  const host = acquireVsCodeApi();
  return {
    post(message) {
      host.postMessage(message);
    },
    // The page's own words from an earlier life of the same version, so their shape is not doubted.
    kept: () => (host.getState() ?? undefined) as Kept | undefined,
    keep(kept) {
      host.setState(kept);
    },
    listen(heard) {
      addEventListener("message", (event: MessageEvent<ToPanel>) => {
        heard(event.data);
      });
    },
  };
}
