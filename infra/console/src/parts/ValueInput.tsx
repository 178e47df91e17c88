import { Select, Textarea, TextInput } from "@mantine/core";
import type { Draft } from "../draft";
import type { Shape } from "../shape";
import classes from "./ValueInput.module.css";

const LONG_CHARACTERS = 60;

interface ValueInputProps {
  label: string;
  shape: Shape;
  draft: Draft;
  onChange: (draft: Draft) => void;
  error?: string | undefined;
  description?: string | undefined;
  className?: string;
  /** Whether it stands in a row of tools: its label is its placeholder, and it never grows. */
  isCompact?: boolean;
}

/** An input for a value of one shape. */
export function ValueInput({
  label,
  shape,
  draft,
  onChange,
  error,
  description,
  className,
  isCompact,
}: ValueInputProps) {
  const choices = shape.kind === "boolean" ? ["true", "false"] : shape.kind === "choice" ? shape.options : undefined;
  const isAbsent = draft === null;
  const common = {
    error,
    className,
    ...(isCompact
      ? { "aria-label": label, placeholder: label }
      : {
          label: <FieldLabel name={label} shape={shape} />,
          placeholder: shape.isOptional ? "not set" : "",
          description,
        }),
  };

  if (choices)
    return (
      <Select {...common} data={choices} value={draft} clearable={isCompact || shape.isOptional} onChange={onChange} />
    );
  const change = (text: string) =>
    onChange(text === "" && (isAbsent || isCompact || shape.kind !== "string") ? null : text);
  const isLong = shape.kind === "json" || (draft?.length ?? 0) > LONG_CHARACTERS || draft?.includes("\n");
  if (isLong && !isCompact)
    return (
      <Textarea
        {...common}
        classNames={{ input: classes.code ?? "" }}
        value={draft ?? ""}
        autosize
        minRows={2}
        maxRows={14}
        spellCheck={false}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  return (
    <TextInput
      {...common}
      classNames={{ input: (shape.kind === "string" ? "" : classes.code) ?? "" }}
      value={draft ?? ""}
      inputMode={shape.kind === "number" ? "decimal" : "text"}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function FieldLabel({ name, shape }: { name: string; shape: Shape }) {
  return (
    <span className={classes.label}>
      {name}
      <span className={classes.type}>
        {typeLabel(shape)}
        {shape.isOptional && " · optional"}
      </span>
    </span>
  );
}

/** Return a short name of a shape: `id of projects`. */
export function typeLabel(shape: Shape): string {
  if (shape.kind === "id") return `id of ${shape.table}`;
  if (shape.kind === "choice") return shape.options.join(" | ");
  if (shape.kind === "json") return shape.type.replace(/v\.(\w+)\(\)/g, "$1").replace(/v\./g, "");
  return shape.kind;
}
