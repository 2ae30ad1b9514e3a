import { FileAnswer, ImageAnswer } from "./Uploads";

/** A question of the brief. */
export interface Question {
  readonly key: string;
  readonly label?: string;
  readonly kind?: string;
  readonly options?: readonly string[];
  readonly required?: boolean;
  readonly default?: unknown;
  readonly help?: string;
}

export interface AnswerProps {
  readonly question: Question;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** Kinds of more than one control, which are named by their group. */
export const UPLOADED: ReadonlySet<string> = new Set(["image", "file"]);

/** One answer, as the launch page asks for it. */
export function Answer({ question, value, onChange }: AnswerProps) {
  const id = `q-${question.key}`;
  const text = value === undefined ? (question.default == null ? "" : String(question.default)) : String(value);
  if (question.kind === "choice") {
    return (
      <select id={id} className="b-input b-select" value={text} onChange={(event) => onChange(event.target.value)}>
        <option value="">Choose</option>{(question.options ?? []).map((one) => <option key={one}>{one}</option>)}
      </select>
    );
  }
  if (question.kind === "multi_choice") {
    const chosen = Array.isArray(value) ? value.map(String) : Array.isArray(question.default) ? question.default.map(String) : [];
    return (
      <select id={id} className="b-input b-input--lines" multiple value={chosen} onChange={(event) => onChange([...event.target.selectedOptions].map((one) => one.value))}>
        {(question.options ?? []).map((one) => <option key={one}>{one}</option>)}
      </select>
    );
  }
  if (question.kind === "long_text" || question.kind === "list") {
    const lines = question.kind === "list" && Array.isArray(value) ? value.join("\n") : text;
    return <textarea id={id} className="b-input b-input--lines" rows={3} placeholder={question.kind === "list" ? "One a line" : undefined} value={lines} onChange={(event) => onChange(question.kind === "list" ? event.target.value.split("\n").filter((line) => line.trim()) : event.target.value)} />;
  }
  if (question.kind === "image") return <ImageAnswer question={question} value={value} onChange={onChange} />;
  if (question.kind === "file") return <FileAnswer question={question} value={value} onChange={onChange} />;
  return <input id={id} className="b-input" inputMode={question.kind === "number" ? "decimal" : undefined} value={text} onChange={(event) => onChange(question.kind === "number" && event.target.value.trim() !== "" && Number.isFinite(Number(event.target.value)) ? Number(event.target.value) : event.target.value)} />;
}
