// The filter, shown while it is written or while it holds something back.
import { useLayoutEffect, useRef } from "preact/hooks";
import { focusList, moveFocus } from "../focus.js";
import type { Model } from "../model.js";
import { keepKeys } from "../own-keys.js";

export function Filter({ model }: { readonly model: Model }) {
  const { filter } = model.place.value;
  const isOpen = model.filtering.value;
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (isOpen) moveFocus(input.current);
  }, [isOpen]);
  if (!isOpen && filter === "") return null;
  const leave = (): void => {
    model.filtering.value = false;
    focusList();
  };
  return (
    <p class="filter">
      <label>
        Filter
        <input
          ref={input}
          value={filter}
          placeholder="band:read file:src/ undecided failed !routine"
          onInput={(event) => { model.go({ filter: event.currentTarget.value, level: 2 }); }}
          onKeyDown={(event) => {
            keepKeys(event);
            if (event.key === "Enter") leave();
            if (event.key !== "Escape") return;
            model.go({ filter: "" });
            leave();
          }}
        />
      </label>
    </p>
  );
}
