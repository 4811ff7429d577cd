// One line of reason before a rejection, or what should change: written here, because a dialog would hide what it is about.
import { useLayoutEffect, useRef } from "preact/hooks";
import { give } from "../acts.js";
import { focusList, moveFocus } from "../focus.js";
import type { Model } from "../model.js";
import { keepKeys } from "../own-keys.js";

export function Compose({ model }: { readonly model: Model }) {
  const composing = model.composing.value;
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    moveFocus(input.current);
  }, [composing]);
  if (composing === undefined) return null;
  const decision = model.panel.value?.decisions.find((one) => one.id === composing.decision);
  const needed = composing.verdict === "change";
  const close = (): void => {
    model.composing.value = undefined;
    focusList();
  };
  return (
    <form
      class="compose"
      onSubmit={(event) => {
        event.preventDefault();
        const text = input.current?.value.trim() ?? "";
        if (needed && text === "") return;
        give(model, composing.verdict, text);
        close();
      }}
      onKeyDown={(event) => {
        keepKeys(event);
        if (event.key === "Escape") close();
      }}
    >
      <label>
        {needed ? `What should change in decision ${String(decision?.n ?? "")}?` : `Why do you reject decision ${String(decision?.n ?? "")}? (optional)`}
        <input ref={input} required={needed} maxLength={20_000} />
      </label>
      <button type="submit">{needed ? "Ask" : "Reject"}</button>
      <button type="button" class="quiet" onClick={close}>
        Cancel
      </button>
    </form>
  );
}
