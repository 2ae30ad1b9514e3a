import { useEffect, useState } from "react";
import type { Shapes } from "../api/client";
import { useBuilder } from "../state/context";
import { Check, CircleX, LoaderCircle, Upload, X } from "../ui/icons";
import type { AnswerProps } from "./Answer";

const PICTURES = "image/png,image/jpeg,image/webp";
const TEXTS = ".txt,.md,.csv,.docx";

/** A picture of the workspace, or one that is uploaded now; its id is the answer. */
export function ImageAnswer({ question, value, onChange }: AnswerProps) {
  const { services } = useBuilder();
  const [images, setImages] = useState<readonly Shapes["Image"][]>([]);
  const { busy, error, send } = useUpload();
  useEffect(() => {
    void services.calls.images().then((answer) => answer.ok && setImages((own) => [...own, ...answer.data.results]));
  }, [services]);
  const take = (file: File): Promise<void> =>
    send(services.calls.uploadImage(file), ({ images: made }) => {
      const [first] = made;
      if (!first) return;
      setImages((old) => [first, ...old]);
      onChange(first.id);
    });
  const { key } = question;
  return (
    <div role="radiogroup" aria-labelledby={`q-${key}-label`}>
      <div className="b-shots">
        <label className="b-shot b-shot--add">{busy ? <LoaderCircle size={18} className="b-spin" /> : <Upload size={18} />}<b className="strong">Upload</b><Chooser accept={PICTURES} label={`Upload: ${question.label || key}`} onFile={(file) => void take(file)} /></label>
        {images.map((image) => (
          <label key={image.id} className="b-shot">
            <input type="radio" className="b-over" name={`q-${key}`} checked={value === image.id} onChange={() => onChange(image.id)} />
            <img src={image.url} alt={`${image.alt_text || "Image"} ${image.id}`} loading="lazy" /><span className="b-shot__mark"><Check size={13} /></span>
          </label>
        ))}
      </div>
      {typeof value === "number" && !question.required ? <button type="button" className="b-insert" onClick={() => onChange(undefined)}>No image</button> : null}
      <Refusal text={error} />
    </div>
  );
}

/** A file whose text is read; its id is the answer. */
export function FileAnswer({ question, value, onChange }: AnswerProps) {
  const { services } = useBuilder();
  const [name, setName] = useState("");
  const { busy, error, send } = useUpload();
  const take = (file: File): Promise<void> =>
    send(services.calls.uploadFile(file), (made) => {
      setName(made.name);
      onChange(made.id);
    });
  return (
    <div role="group" aria-labelledby={`q-${question.key}-label`} className="b-file">
      <label className="button button--sm">{busy ? <LoaderCircle size={16} className="b-spin" /> : <Upload size={16} />}{value == null ? "Choose a file" : "Choose another"}<Chooser accept={TEXTS} label={`Upload: ${question.label || question.key}`} onFile={(file) => void take(file)} /></label>
      {value == null ? null : <span className="badge b-tag">{name || `File ${String(value)}`}<button type="button" aria-label="Take the file away" onClick={() => onChange(undefined)}><X size={12} /></button></span>}
      <Refusal text={error} />
    </div>
  );
}

function Chooser({ accept, label, onFile }: { accept: string; label: string; onFile: (file: File) => void }) {
  return (
    <input type="file" className="b-over" accept={accept} aria-label={label} onChange={(event) => {
      const [file] = event.target.files ?? [];
      event.target.value = "";
      if (file) onFile(file);
    }} />
  );
}

function Refusal({ text }: { text: string }) {
  return text ? <p className="b-error" role="alert"><CircleX size={14} />{text}</p> : null;
}

type Outcome<T> = Promise<{ readonly ok: true; readonly data: T } | { readonly ok: false; readonly message: string }>;

/** One upload at a time, with what went wrong in words. */
function useUpload() {
  const [state, setState] = useState({ busy: false, error: "" });
  const send = async <T,>(call: Outcome<T>, done: (data: T) => void): Promise<void> => {
    setState({ busy: true, error: "" });
    const answer = await call;
    setState({ busy: false, error: answer.ok ? "" : answer.message });
    if (answer.ok) done(answer.data);
  };
  return { ...state, send };
}
