// The keys, on one sheet.
import { act } from "../acts.js";
import type { Model } from "../model.js";

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["j  k  ↓  ↑", "next and previous row"],
  ["n  p", "next and previous undecided decision"],
  ["g g  G", "first and last row"],
  ["Enter  →", "unfold, then one level deeper"],
  ["Esc  ←", "fold, then one level up"],
  ["a", "accept, and on to the next undecided"],
  ["x", "reject, with a reason if you like"],
  ["c", "ask for a change"],
  ["l", "decide later"],
  ["u", "undo the last verdict, as often as you like"],
  ["Shift+A", "accept everything routine, after showing it"],
  ["d", "go to the diff; Alt+\\ comes back"],
  ["o", "open all files of the decision"],
  ["[  ]", "previous and next file of the decision"],
  ["e", "unfold or fold the facts"],
  ["t", "in the order of the run, or by attention"],
  ["/", "filter"],
  ["y", "copy a link to this decision"],
  ["?", "this sheet"],
];

export function Help({ model }: { readonly model: Model }) {
  if (!model.helping.value) return null;
  return (
    <section class="help" role="dialog" aria-label="Keys">
      <h2>
        Keys
        <button class="quiet right" onClick={() => { act(model, "help"); }}>
          Close
        </button>
      </h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p>All of them can be bound anew under Keyboard Shortcuts: search for “vigil”.</p>
    </section>
  );
}
