import { type AriaAttributes, useLayoutEffect, useMemo, useRef, useState } from "react";
import { pathsIn, preview, variablesFor } from "../schema/variables";
import { useBuilderState } from "../state/context";
import { knownValues } from "../state/values";
import { Braces } from "../ui/icons";
import { VariablePicker } from "./VariablePicker";
import { useForm } from "./form";
import { pieces } from "./highlight";

interface Props extends AriaAttributes {
  readonly id: string;
  readonly kind: "line" | "text" | "prompt";
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly roots: readonly string[] | undefined;
  readonly title: string;
}

/** Text with variables: marked while typing, offered after `{{`, shown with the last values. */
export function TemplateEditor({ kind, value, onChange, roots, title, ...rest }: Props) {
  const { stepKey, readOnly } = useForm();
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const [picker, setPicker] = useState<{ x: number; y: number; from: number; to: number } | null>(null);
  const [isPreview, setPreview] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const back = useRef<HTMLDivElement>(null);
  const caret = useRef<number | null>(null);
  const known = useMemo(() => new Set(variablesFor(doc, types, stepKey, roots).flatMap((group) => group.variables.map((one) => one.path))), [doc, types, stepKey, roots]);
  const isKnown = (path: string): boolean => [...known].some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const used = pathsIn(value);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
    if (caret.current !== null) {
      element.focus({ preventScroll: true });
      element.setSelectionRange(caret.current, caret.current);
      caret.current = null;
    }
  }, [value, picker, isPreview]);

  const open = (from: number, to: number): void => {
    const box = area.current?.getBoundingClientRect();
    if (box) setPicker({ x: box.left, y: Math.min(box.bottom + 4, box.top + 76), from, to });
  };
  const changed = (element: HTMLTextAreaElement): void => {
    const text = kind === "line" ? element.value.replace(/\n/g, " ") : element.value;
    onChange(text);
    const at = element.selectionStart;
    if (text.slice(at - 2, at) === "{{" && text.length > value.length) open(at - 2, text.slice(at, at + 2) === "}}" ? at + 2 : at);
  };
  const insert = (path: string): void => {
    const { from, to } = picker ?? { from: value.length, to: value.length };
    const written = `{{ ${path} }}`;
    caret.current = from + written.length;
    if (!typed(area.current, from, to, written)) onChange(value.slice(0, from) + written + value.slice(to));
  };

  return (
    <div className={`b-template b-template--${kind}`}>
      <div className="b-template__field">
        <div className="b-template__back" aria-hidden="true" ref={back}>
          {pieces(value, isKnown).map((piece, index) => (piece.kind === "text" ? piece.text : <mark key={index} className={`b-mark-${piece.kind}`}>{piece.text}</mark>))}
          {"\u200b"}
        </div>
        <textarea
          ref={area}
          {...rest}
          className="b-template__text"
          rows={kind === "line" ? 1 : kind === "prompt" ? 5 : 3}
          value={value}
          readOnly={readOnly}
          spellCheck
          onScroll={(event) => {
            if (back.current) back.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onChange={(event) => changed(event.target)}
          onKeyDown={(event) => kind === "line" && event.key === "Enter" && !event.ctrlKey && event.preventDefault()}
        />
      </div>
      <div className="b-template__foot">
        {readOnly ? null : (
          <button type="button" className="b-insert" aria-label={`Insert a variable into ${title}`} onClick={() => open(area.current?.selectionStart ?? value.length, area.current?.selectionEnd ?? value.length)}>
            <Braces size={13} />Insert variable
          </button>
        )}
        {kind === "prompt" ? <button type="button" className="b-insert" aria-pressed={isPreview} onClick={() => setPreview(!isPreview)}>Preview</button> : null}
        <span className="caption number b-template__count">{used.length ? `${used.length} variable${used.length > 1 ? "s" : ""}, ` : ""}{value.length.toLocaleString("en")}</span>
      </div>
      {isPreview ? <Preview text={value} /> : null}
      {picker ? <VariablePicker stepKey={stepKey} at={picker} roots={roots} onPick={insert} onClose={() => setPicker(null)} /> : null}
    </div>
  );
}

/** Write as if by keys, so that the field's own undo takes it back; whether the browser did. */
function typed(field: HTMLTextAreaElement | null, from: number, to: number, words: string): boolean {
  field?.focus({ preventScroll: true });
  field?.setSelectionRange(from, to);
  return field !== null && document.execCommand("insertText", false, words);
}

function Preview({ text }: { text: string }) {
  const scope = useBuilderState(knownValues);
  return (
    <div className="inset b-preview" aria-label="Preview with the last values">
      <p className="caption">With the values of the last run or try; what is not known yet stays in braces.</p>
      <p className="b-preview__text">{preview(text, scope) || "Nothing is written yet."}</p>
    </div>
  );
}
