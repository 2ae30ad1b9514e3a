import { useState } from "react";
import { asKey, freeKey } from "../../graph/keys";
import { emptyOf } from "../../schema/defaults";
import { fieldsOf, resolve } from "../../schema/widgets";
import { useBuilderState } from "../../state/context";
import { ChevronDown, ChevronUp, Plus, Trash2 } from "../../ui/icons";
import { SchemaForm } from "../SchemaForm";
import { type WidgetProps, useForm } from "../form";

type Row = Record<string, unknown>;

/** Things of one kind, each with fields of its own: questions, branches, rules. */
export function ListWidget({ field, value, onChange, path, id }: WidgetProps) {
  const { root, readOnly, issues } = useForm();
  const rows = Array.isArray(value) ? value.map((one: unknown): Row => (one && typeof one === "object" && !Array.isArray(one) ? (one as Row) : {})) : [];
  const schema = resolve(field.schema.items ?? {}, root);
  const fields = fieldsOf(schema, root);
  const most = field.schema.maxItems ?? 50;
  const one = (schema.title ?? field.title).replace(/([a-z])([A-Z])/g, "$1 $2").split(" ").at(-1)?.toLowerCase() ?? "entry";
  const drawing = useBuilderState((state) => JSON.stringify(state.doc.nodes));
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(rows.length <= 1 ? [0] : []));
  const toggle = (index: number): void => setOpen((old) => (old.has(index) ? new Set([...old].filter((each) => each !== index)) : new Set([...old, index])));
  const swap = (index: number, by: number): void => {
    const next = [...rows];
    const [row] = next.splice(index, 1);
    if (row) next.splice(index + by, 0, row);
    setOpen(new Set([index + by]));
    onChange(next);
  };
  return (
    <div className="b-list" id={id} tabIndex={-1}>
      {rows.map((row, index) => {
        const name = titleOf(row, `${one} ${index + 1}`);
        const wrong = issues.some((issue) => issue.field === `${path}.${index}` || issue.field?.startsWith(`${path}.${index}.`));
        const isOpen = open.has(index) || wrong;
        return (
          <div key={index} className={wrong ? "b-list__row is-wrong" : "b-list__row"} role="group" aria-label={name}>
            <div className="b-list__head">
              <button type="button" className="b-list__name" aria-expanded={isOpen} onClick={() => toggle(index)}>{isOpen ? <ChevronUp size={14} /> : <ChevronDown size={14} />}<span className="ellipsis">{name}</span></button>
              {readOnly ? null : (
                <>
                  <button type="button" className="b-tool b-tool--sm" aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => swap(index, -1)}><ChevronUp size={14} /></button>
                  <button type="button" className="b-tool b-tool--sm" aria-label={`Move ${name} down`} disabled={index === rows.length - 1} onClick={() => swap(index, 1)}><ChevronDown size={14} /></button>
                  <button type="button" className="b-tool b-tool--sm" aria-label={`Delete ${name}`} onClick={() => onChange(rows.filter((_, place) => place !== index))}><Trash2 size={14} /></button>
                </>
              )}
            </div>
            {isOpen ? <SchemaForm fields={fields} value={row} path={`${path}.${index}`} onChange={(next) => onChange(rows.map((old, place) => (place === index ? named(row, next, rows, drawing) : old)))} /> : null}
          </div>
        );
      })}
      {readOnly || rows.length >= most ? null : (
        <button
          type="button"
          className="button button--xs"
          onClick={() => {
            setOpen(new Set([rows.length]));
            onChange([...rows, fresh(emptyOf(schema, root) as Row, rows, schema, one)]);
          }}
        >
          <Plus size={14} />Add {/^[aeiou]/.test(one) ? "an" : "a"} {one}
        </button>
      )}
    </div>
  );
}

/** What tells a row from the others. */
function titleOf(row: Row, otherwise: string): string {
  for (const name of ["label", "name", "title", "key", "left"]) if (typeof row[name] === "string" && row[name]) return row[name] as string;
  return otherwise;
}

/** A new row with a name that no other has. */
function fresh(row: Row, rows: readonly Row[], schema: { properties?: Readonly<Record<string, { pattern?: string }>> }, one: string): Row {
  const field = Object.entries(schema.properties ?? {}).find(([, one]) => one.pattern);
  if (!field) return row;
  const [name] = field;
  const taken = new Set(rows.map((each) => each[name]));
  for (let number = rows.length + 1; ; number += 1) {
    const text = `${asKey(one)}_${number}`;
    if (!taken.has(text)) return { ...row, [name]: text };
  }
}

/** While nobody reads a key, it follows the label that people type. */
function named(row: Row, next: Row, rows: readonly Row[], drawing: string): Row {
  const { key, label } = row;
  if (typeof key !== "string" || typeof label !== "string" || typeof next.label !== "string" || next.label === label) return next;
  const follows = key === "" || key === asKey(label) || /_\d+$/.test(key);
  if (!follows || drawing.includes(`.${key}`)) return next;
  return { ...next, key: freeKey(next.label, new Set(rows.filter((one) => one !== row).map((one) => String(one.key)))) };
}
