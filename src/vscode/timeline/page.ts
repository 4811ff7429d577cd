// The panel's page: a shell that may load its own script and style and nothing else.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The only folder that the page may load from. */
export function pageFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "webview");
}

export function pageHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const [script, style] = ["timeline.js", "timeline.css"].map((name) => webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extension), name)).toString());
  const policy = [`default-src 'none'`, `style-src ${webview.cspSource}`, `script-src 'nonce-${nonce}'`, `img-src ${webview.cspSource}`, `font-src ${webview.cspSource}`].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style ?? ""}">
<title>Vigil</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${script ?? ""}"></script>
</body>
</html>`;
}
