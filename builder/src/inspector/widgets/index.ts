import type { ComponentType } from "react";
import type { Widget } from "../../schema/widgets";
import type { WidgetProps } from "../form";
import { Choice } from "./Choice";
import { Group } from "./Group";
import { Items } from "./Items";
import { ListWidget } from "./ListWidget";
import { Model } from "./Model";
import { NodeChoice } from "./NodeChoice";
import { NumberWidget } from "./NumberWidget";
import { People } from "./People";
import { Pick } from "./Pick";
import { Primary } from "./Primary";
import { Provider } from "./Provider";
import { Quantity } from "./Quantity";
import { Switch } from "./Switch";
import { Prompt, Template, TemplateLine } from "./Template";
import { Text } from "./Text";
import { Texts } from "./Texts";
import { Value } from "./Value";
import { VariableChoice } from "./VariableChoice";
import { Variables } from "./Variables";

/** Which component draws which widget. */
export const WIDGETS: Readonly<Record<Widget, ComponentType<WidgetProps>>> = {
  choice: Choice,
  group: Group,
  items: Items,
  list: ListWidget,
  model: Model,
  node: NodeChoice,
  number: NumberWidget,
  people: People,
  pick: Pick,
  primary: Primary,
  prompt: Prompt,
  provider: Provider,
  quantity: Quantity,
  switch: Switch,
  template: Template,
  "template-line": TemplateLine,
  text: Text,
  texts: Texts,
  value: Value,
  variable: VariableChoice,
  variables: Variables,
};
