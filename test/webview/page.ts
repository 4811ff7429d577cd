// The built page in a real browser, with a stand-in for the editor around it that writes down what the page says.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { FromPanel, ToPanel } from "../../src/core/panel/messages.js";
import { openBrowser } from "../vscode/browser.js";
import { THEMES, type ThemeName } from "./themes.js";

const root = join(import.meta.dirname, "..", "..", "..");

export interface Opening {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What the editor kept of an earlier life of the page. */
  readonly kept?: unknown;
}

export class Pages {
  private constructor(
    readonly browser: Browser,
    readonly server: Server,
  ) {}

  static async start(): Promise<Pages> {
    const files: Readonly<Record<string, readonly [type: string, path: string]>> = {
      "/timeline.js": ["text/javascript", "dist/webview/timeline.js"],
      "/timeline.css": ["text/css", "dist/webview/timeline.css"],
    };
    const server = createServer((request, response) => {
      const found = files[request.url?.split("?")[0] ?? ""];
      response.setHeader("content-type", found?.[0] ?? "text/html");
      response.end(found === undefined ? "<!DOCTYPE html><title>Vigil</title>" : readFileSync(join(root, found[1])));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new Pages(await openBrowser(), server);
  }

  async open({ theme = "dark", width = 760, height = 900, kept }: Opening = {}): Promise<TimelinePage> {
    const page = await this.browser.newPage({ viewport: { width, height } });
    const said: FromPanel[] = [];
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });
    await page.exposeFunction("heard", (message: FromPanel) => said.push(message));
    const variables = Object.entries(THEMES[theme]).map(([name, value]) => `--vscode-${name}: ${value};`).join(" ");
    const origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    await page.goto(origin);
    // The policy that the extension sets, with this server in the editor's place.
    await page.setContent(
      `<!DOCTYPE html><html lang="en" style="${variables}"><head><meta charset="utf-8">
       <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${origin} 'unsafe-inline'; script-src ${origin} 'unsafe-inline'; img-src ${origin}">
       <link rel="stylesheet" href="${origin}/timeline.css"><title>Vigil</title></head>
       <body class="vscode-${theme}"><div id="root"></div>
       <script>window.kept = ${JSON.stringify(kept ?? null)}; window.acquireVsCodeApi = () => ({ postMessage: (m) => window.heard(m), getState: () => window.kept, setState: (s) => { window.kept = s; } });</script>
       <script type="module" src="${origin}/timeline.js"></script></body></html>`,
    );
    return new TimelinePage(page, said, problems);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }
}

export class TimelinePage {
  constructor(
    readonly page: Page,
    /** In order, everything that the page told the editor. */
    readonly said: readonly FromPanel[],
    /** Errors of the page; a test that ends with one has failed. */
    readonly problems: readonly string[],
  ) {}

  async tell(message: ToPanel): Promise<void> {
    await this.page.evaluate((value) => { window.postMessage(value, "*"); return new Promise((done) => { requestAnimationFrame(() => { setTimeout(done, 0); }); }); }, message as unknown);
  }

  async act(...acts: readonly Extract<ToPanel, { kind: "act" }>["act"][]): Promise<void> {
    for (const act of acts) await this.tell({ kind: "act", act });
  }

  /** The words of the selected row; empty where none is. */
  async selected(): Promise<string> {
    return (await this.page.locator("main .current .title").first().textContent()) ?? "";
  }

  lastSaid<K extends FromPanel["kind"]>(kind: K): Extract<FromPanel, { kind: K }> | undefined {
    return this.said.findLast((message): message is Extract<FromPanel, { kind: K }> => message.kind === kind);
  }
}
