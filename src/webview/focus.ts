// Focus within the page. A frame that calls `focus()` takes the keyboard from whatever else in the window has it, so a
// decision that arrives while somebody types in an editor or the palette would turn their letters into verdicts. The
// page therefore moves focus only while it has it, and settles it on the list when it is given back.

/** Focuses, unless the keyboard is elsewhere in the window. */
export function moveFocus(element: HTMLElement | null | undefined): void {
  if (document.hasFocus()) element?.focus({ preventScroll: true });
}

/** The selected row, or the list where it has none. */
export function focusList(): void {
  moveFocus(document.querySelector<HTMLElement>("main [tabindex='0']") ?? document.querySelector<HTMLElement>("main"));
}

/** Once per page: given the keyboard with nothing focused in it, it belongs to the list. */
export function settleFocus(): void {
  addEventListener("focus", () => {
    if (document.activeElement === null || document.activeElement === document.body) focusList();
  });
}
