import { NodeResizeControl, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { changeNote } from "../graph/operations";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { Trash2 } from "../ui/icons";
import type { NoteFlow } from "./flow";

/** A sticky note: for people, not for the run. */
export const NoteNode = memo(function NoteNode({ data: { note }, selected }: NodeProps<NoteFlow>) {
  const { store, actions } = useBuilder();
  const canEdit = useBuilderState(mayEdit);
  return (
    <div className={selected ? "b-note is-selected" : "b-note"}>
      <textarea
        className={selected ? "b-note__text nodrag nowheel" : "b-note__text"}
        aria-label="Text of the note"
        placeholder="Write a note"
        value={note.text}
        maxLength={2_000}
        readOnly={!canEdit}
        tabIndex={selected ? 0 : -1}
        onChange={(event) => store.getState().edit((doc) => changeNote(doc, note.id, { text: event.target.value }), `note:${note.id}`)}
        onKeyDown={(event) => {
          if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
          if (event.key === "Escape") store.getState().hands?.focus(note.id);
        }}
      />
      {selected && canEdit ? (
        <>
          <button type="button" className="b-note__delete nodrag nopan" aria-label="Delete the note" onClick={() => actions.removeSelected()}><Trash2 size={14} /></button>
          <NodeResizeControl
            className="b-resize"
            minWidth={120}
            minHeight={64}
            onResizeEnd={(_, size) => store.getState().edit((doc) => changeNote(doc, note.id, { width: Math.round(size.width), height: Math.round(size.height) }))}
          />
        </>
      ) : null}
    </div>
  );
});
