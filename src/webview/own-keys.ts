// Keys that are typed into a field are the field's alone. The editor's keybindings hear every key that reaches the window,
// and may act on it after the field is gone: an Enter that ended a comment would then zoom into the list as well.

/** For a field's `keydown`; chords with a modifier still reach the editor. */
export function keepKeys(event: KeyboardEvent): void {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}
