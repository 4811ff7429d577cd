// Level 3: the steps of a decision as groups of the same kind.
import { useLayoutEffect } from "preact/hooks";
import type { StepGroup } from "../../core/panel/step-groups.js";
import { act, groupsHere } from "../acts.js";
import { amount } from "../amount.js";
import type { Model } from "../model.js";
import { Icon } from "./icon.js";

export function Groups({ model }: { readonly model: Model }) {
  const groups = groupsHere(model);
  const { group, decision } = model.place.value;
  const { run, counts } = model.panel.value ?? {};
  // Asked for here and not on the way in, because a window that was reloaded comes in another way; again as a run works on.
  useLayoutEffect(() => {
    model.bridge.post({ kind: "groups", decision });
  }, [run, decision, counts?.steps]);
  if (groups.length === 0) return <p class="empty">{model.groups.value.has(decision ?? "") ? "No step belongs to it." : "Reading its steps…"}</p>;
  const selected = groups.find((one) => one.steps[0] === group?.[0]) ?? groups[0];
  return (
    <section aria-label="Groups of steps">
      {groups.map((one) => (
        <Row key={one.steps[0]} model={model} group={one} isCurrent={one === selected} />
      ))}
    </section>
  );
}

function Row({ model, group, isCurrent }: { readonly model: Model; readonly group: StepGroup; readonly isCurrent: boolean }) {
  const [from, to] = group.steps;
  return (
    <h3 class={isCurrent ? "decision current" : "decision"}>
      <button
        class="row"
        tabIndex={isCurrent ? 0 : -1}
        aria-current={isCurrent ? "true" : undefined}
        onClick={() => {
          model.go({ group: group.steps });
          act(model, "in");
        }}
      >
        <span class="n">{from === to ? from.toLocaleString("en-US") : `${from.toLocaleString("en-US")}–${to.toLocaleString("en-US")}`}</span>
        {group.trouble && <Icon name="warning" />}
        <span class="title code">{group.text}</span>
        <span class="size">{amount(group.ms)}</span>
      </button>
    </h3>
  );
}
