// The Runs view, as a person meets it: opened by the Command Palette, read in every theme.
import assert from "node:assert/strict";
import { emptyRepository, repositoryWithRuns, type SampleRepository } from "../sample.js";
import { open, pictureOfFailure, treeRows, type Window } from "./window.js";

describe("the Runs view, played", function () {
  this.timeout(600_000);
  let repository: SampleRepository | undefined;
  let window: Window | undefined;
  afterEach(async function () {
    await pictureOfFailure(window, this.currentTest);
    await window?.close();
    await repository?.remove();
    window = repository = undefined;
  });

  it("opens by the Command Palette and says what to expect where there is no run", async () => {
    repository = emptyRepository();
    window = await open(repository.root);
    await window.palette("View: Show Vigil");
    await window.page.getByText("No runs yet. Vigil works on a copy of your repository and brings back decisions to review.").waitFor();
    await window.screenshot("runs-none");
    await window.palette("Vigil: See a Finished Run");
    const page = window.page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    await page.locator("main .decision").nth(2).waitFor();
    await page.getByText("which come from a script").waitFor();
    assert.equal(await page.getByRole("button", { name: "Land what is accepted…" }).count(), 0);
    await window.screenshot("sample");
  });

  for (const theme of ["dark", "light", "high-contrast"] as const) {
    it(`shows each run with its state, ${theme}`, async () => {
      repository = await repositoryWithRuns();
      window = await open(repository.root, { theme });
      await window.palette("View: Show Vigil");
      const rows = treeRows(window, "Runs");
      await rows.nth(repository.runs.length - 1).waitFor();
      const first = (await rows.first().textContent()) ?? "";
      assert.match(first, /^Ledger v2\s*Needs you, 3 approvals, 2 decisions/);
      await window.screenshot(`runs-${theme}`);
    });
  }
});
