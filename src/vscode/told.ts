// Every command ends here when it fails: what a person can act on is shown as it stands, anything else goes to the log with
// one sentence that says so. Nothing that fails is silent.
import * as vscode from "vscode";
import { HumanError } from "../core/error.js";
import { systemRefusal } from "../core/system-error.js";
import { visible } from "../core/text/visible.js";

/** Undefined when it failed; the person has been told then. */
export async function told<T>(log: vscode.LogOutputChannel, doing: () => Promise<T>): Promise<T | undefined> {
  try {
    return await doing();
  } catch (thrown) {
    const error = systemRefusal(thrown) ?? thrown;
    if (error instanceof HumanError) {
      log.warn(error.message);
      void vscode.window.showErrorMessage(visible(error.message));
      return undefined;
    }
    log.error(error instanceof Error ? error : String(error));
    const show = vscode.l10n.t("Show Log");
    void vscode.window.showErrorMessage(vscode.l10n.t("Vigil met an error of its own. Nothing of the run is lost; the log has the details for a report."), show).then((picked) => {
      if (picked === show) log.show();
    });
    return undefined;
  }
}
