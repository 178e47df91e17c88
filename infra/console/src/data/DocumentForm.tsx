import { Alert, Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type FormEvent, useRef, useState } from "react";
import type { Fields, Table } from "../contract";
import { type Draft, draftOf } from "../draft";
import { fieldOf, messageOf } from "../errors";
import { ValueInput } from "../parts/ValueInput";
import { shapeOfField } from "../shape";
import { changedFields } from "./changedFields";
import classes from "./DocumentForm.module.css";

interface DocumentFormProps {
  table: Table;
  /** What is there already; nothing for a new document. */
  document: Fields;
  verb: string;
  /** Takes the fields that were changed; null for one that shall be no more. */
  onSubmit: (changed: Fields) => Promise<unknown>;
  onCancel: () => void;
}

/** The fields of a document as inputs; a refusal stands at the field that it is about. */
export function DocumentForm({ table, document, verb, onSubmit, onCancel }: DocumentFormProps) {
  const [drafts, setDrafts] = useState<Record<string, Draft>>({});
  const [refusal, setRefusal] = useState<{ field: string | undefined; message: string }>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useHotkeys([["mod+Enter", () => form.current?.requestSubmit()]], []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setRefusal(undefined);
    setBusy(true);
    try {
      await onSubmit(changedFields(table, document, drafts));
    } catch (error) {
      const field = fieldOf(error);
      setRefusal({ field, message: messageOf(error) });
      form.current
        ?.querySelector<HTMLElement>(`[data-field="${field}"] input, [data-field="${field}"] textarea`)
        ?.focus();
    } finally {
      setBusy(false);
    }
  }

  const isShown = table.fields.some(({ name }) => name === refusal?.field);
  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      <div className={classes.fields}>
        {table.fields.map(({ name }) => {
          const shape = shapeOfField(table, name);
          const draft = name in drafts ? (drafts[name] ?? null) : draftOf(document[name], shape);
          return (
            <div key={name} data-field={name}>
              <ValueInput
                label={name}
                shape={shape}
                draft={draft}
                error={refusal?.field === name ? refusal.message : undefined}
                onChange={(next) => setDrafts((before) => ({ ...before, [name]: next }))}
              />
            </div>
          );
        })}
      </div>
      {refusal && !isShown && (
        <Alert className={classes.refusal ?? ""} color="red" variant="light" p="xs" role="alert">
          {refusal.message}
        </Alert>
      )}
      <div className={classes.actions}>
        <Button type="submit" loading={isBusy}>
          {verb}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Cancel
        </Button>
        <span className={classes.hint}>Ctrl Enter</span>
      </div>
    </form>
  );
}
