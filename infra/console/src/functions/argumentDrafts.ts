/** The arguments of a function while they are being typed: a form's inputs, or JSON. */
import type { JsonSchema } from "../contract";
import { type Draft, DraftError, parsed } from "../draft";
import { type Shape, shapeOfSchema } from "../shape";

export interface ArgumentDrafts {
  mode: "form" | "json";
  byName: Record<string, Draft>;
  text: string;
}

/** What the caller never passes: the server knows its own key. */
const NEVER_ASKED = new Set(["internalKey"]);

/** Return the shape of each argument by its name: those that must be there first, as the function declares them. */
export function shapesOf(schema: JsonSchema): [string, Shape][] {
  const { required = [], properties = {} } = schema;
  const names = [...required, ...Object.keys(properties).filter((name) => !required.includes(name))];
  return names
    .filter((name) => !NEVER_ASKED.has(name))
    .map((name) => [name, shapeOfSchema(properties[name] ?? {}, !required.includes(name), schema)]);
}

/**
 * Return the arguments that were typed.
 *
 * @throws DraftError: a text is no value of its argument, or one that must be there is not.
 */
export function argumentsOf(drafts: ArgumentDrafts, schema: JsonSchema): unknown {
  if (drafts.mode === "json") {
    try {
      return JSON.parse(drafts.text);
    } catch (error) {
      throw new DraftError("json", `This is no JSON: ${(error as Error).message}`);
    }
  }
  const args: Record<string, unknown> = {};
  for (const [name, shape] of shapesOf(schema)) {
    const value = parsed(drafts.byName[name] ?? null, shape, name);
    if (value !== undefined) args[name] = value;
    else if (!shape.isOptional && shape.kind === "string") args[name] = "";
    else if (!shape.isOptional && shape.isNullable) args[name] = null;
    else if (!shape.isOptional) throw new DraftError(name, `${name} is required`);
  }
  return args;
}

/** Return the form's arguments as JSON, to go on from; what is no value yet is left out. */
export function textOf(drafts: ArgumentDrafts, schema: JsonSchema): string {
  const args: Record<string, unknown> = {};
  for (const [name, shape] of shapesOf(schema)) {
    try {
      const value = parsed(drafts.byName[name] ?? null, shape, name);
      if (value !== undefined || !shape.isOptional) args[name] = value ?? null;
    } catch {
      args[name] = drafts.byName[name];
    }
  }
  return JSON.stringify(args, null, 2);
}
