// The page's entry: makes the model, draws it, and hears the extension.
import { render } from "preact";
import { act, say } from "./acts.js";
import { bridge } from "./bridge.js";
import { settleFocus } from "./focus.js";
import { model as modelOf } from "./model.js";
import { App } from "./view/app.js";

const model = modelOf(bridge());

model.bridge.listen((message) => {
  switch (message.kind) {
    case "panel":
      model.told(message.panel);
      return;
    case "other":
      model.leave();
      return;
    case "groups":
      model.groups.value = new Map([...model.groups.value, [message.decision ?? "", message.groups]]);
      if (model.place.value.group === null && model.place.value.level === 3) model.go({ group: message.groups[0]?.steps ?? null });
      return;
    case "steps":
      model.steps.value = new Map([...model.steps.value, ...message.rows.map((row) => [row.step, row] as const)]);
      return;
    case "look":
      document.body.dataset["density"] = message.density;
      if (!model.place.value.orderChosen) model.place.value = { ...model.place.value, order: message.order };
      return;
    case "act":
      act(model, message.act);
      return;
    case "reveal":
      model.go({ level: 2, decision: message.decision, file: null, chapter: null, filter: "" });
      return;
    case "unsaid":
      model.unsay();
      return;
    case "said":
      say(model, message.text, message.bad);
  }
});

settleFocus();
const root = document.getElementById("root");
if (root !== null) render(<App model={model} />, root);
model.bridge.post({ kind: "ready" });
