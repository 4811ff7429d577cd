// Stands in for the editor's own module where the bench loads the extension in a plain process: what activation and the
// first look at the runs call, doing nothing.

class Disposable {
  dispose(): void {}
}

export class EventEmitter {
  readonly #heard = new Set<(value: unknown) => void>();
  readonly event = (listener: (value: unknown) => void): Disposable => {
    this.#heard.add(listener);
    return new Disposable();
  };
  fire(value: unknown): void {
    for (const listener of this.#heard) listener(value);
  }
  dispose(): void {}
}

class Shown {
  constructor(
    readonly id: string,
    readonly color?: unknown,
  ) {}
}
export const ThemeIcon = Shown;
export const ThemeColor = Shown;
export class TreeItem {
  constructor(readonly label: string) {}
}
export class RelativePattern {
  constructor(
    readonly base: unknown,
    readonly pattern: string,
  ) {}
}

const disposable = (): Disposable => new Disposable();
const fail = (problem: unknown): never => { throw problem instanceof Error ? problem : new Error(String(problem)); };
const nothing = (): undefined => undefined;
const eventually = (): Promise<undefined> => Promise.resolve(undefined);

/** The folder that is open. */
const folder = process.env["VIGIL_BENCH_FOLDER"] ?? "";

export const Uri = { file: (path: string) => ({ fsPath: path, path, scheme: "file" }), joinPath: (base: { readonly path: string }, ...parts: readonly string[]) => Uri.file([base.path, ...parts].join("/")) };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const TreeItemCheckboxState = { Unchecked: 0, Checked: 1 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const l10n = { t: (text: string, ...values: readonly unknown[]) => values.reduce<string>((all, value, n) => all.replace(`{${String(n)}}`, String(value)), text) };
export const env = { language: "en", uriScheme: "vscode" };
export const commands = { registerCommand: disposable, executeCommand: eventually };
export const window = {
  createOutputChannel: () => ({ warn: nothing, error: fail, show: nothing, dispose: nothing }),
  createTreeView: () => ({ onDidChangeCheckboxState: disposable, dispose: nothing }),
  createStatusBarItem: () => ({ show: nothing, hide: nothing, dispose: nothing }),
  registerUriHandler: disposable,
  registerWebviewPanelSerializer: disposable,
  showErrorMessage: fail,
};
export const workspace = {
  isTrusted: true,
  workspaceFolders: [{ uri: Uri.file(folder), name: "bench", index: 0 }],
  onDidChangeWorkspaceFolders: disposable,
  onDidChangeConfiguration: disposable,
  createFileSystemWatcher: () => ({ onDidCreate: disposable, onDidChange: disposable, onDidDelete: disposable, dispose: nothing }),
  getConfiguration: () => ({ get: (_name: string, otherwise: unknown) => otherwise, inspect: nothing }),
};
