import { JsonInput } from "@mantine/core";
import type { JsonSchema } from "../contract";
import { ValueInput } from "../parts/ValueInput";
import classes from "./ArgumentsForm.module.css";
import { type ArgumentDrafts, shapesOf } from "./argumentDrafts";

interface ArgumentsFormProps {
  schema: JsonSchema;
  drafts: ArgumentDrafts;
  refusal: { field?: string; message: string } | undefined;
  onChange: (drafts: ArgumentDrafts) => void;
}

/** An input for each argument, or one for all of them as JSON. */
export function ArgumentsForm({ schema, drafts, refusal, onChange }: ArgumentsFormProps) {
  const shapes = shapesOf(schema);
  const errorOf = (name: string) => (refusal?.field === name ? refusal.message : undefined);
  if (drafts.mode === "json")
    return (
      <JsonInput
        aria-label="Arguments as JSON"
        classNames={{ input: classes.json ?? "" }}
        value={drafts.text}
        error={errorOf("json")}
        autosize
        minRows={4}
        maxRows={20}
        spellCheck={false}
        onChange={(text) => onChange({ ...drafts, text })}
      />
    );
  if (shapes.length === 0) return <p className={classes.none}>It takes none.</p>;
  return (
    <div className={classes.form}>
      {shapes.map(([name, shape]) => (
        <ValueInput
          key={name}
          label={name}
          shape={shape}
          draft={drafts.byName[name] ?? null}
          error={errorOf(name)}
          onChange={(draft) => onChange({ ...drafts, byName: { ...drafts.byName, [name]: draft } })}
        />
      ))}
    </div>
  );
}
