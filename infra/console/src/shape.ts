/** What a value may be, from a validator of the schema or from the JSON Schema of an argument: what an input needs to know. */
import type { JsonSchema, Table } from "./contract";

export type Kind = "string" | "number" | "boolean" | "choice" | "id" | "json";

export interface Shape {
  kind: Kind;
  isOptional: boolean;
  isNullable: boolean;
  /** What a choice is between. */
  options: string[];
  /** Whose id it is. */
  table?: string;
  /** As it is written in the schema. */
  type: string;
}

/** Read a validator as Convex writes it, such as `v.optional(v.id("projects"))`. */
export function shapeOfValidator(type: string, isOptional = false): Shape {
  const optional = /^v\.optional\((.*)\)$/s.exec(type)?.[1];
  if (optional) return shapeOfValidator(optional, true);
  const of = (kind: Kind, more: Partial<Shape> = {}): Shape => ({
    kind,
    isOptional,
    isNullable: false,
    options: [],
    type,
    ...more,
  });
  const table = /^v\.id\("(\w+)"\)$/.exec(type)?.[1];
  if (table) return of("id", { table });
  const literals =
    /^v\.union\(((?:v\.literal\("[^"]*"\)(?:, )?)+)\)$/.exec(type)?.[1] ?? /^(v\.literal\("[^"]*"\))$/.exec(type)?.[1];
  if (literals) return of("choice", { options: [...literals.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "") });
  if (/^v\.(string)\(\)$/.test(type)) return of("string");
  if (/^v\.(float64|number)\(\)$/.test(type)) return of("number");
  if (/^v\.boolean\(\)$/.test(type)) return of("boolean");
  return of("json");
}

/** Read the JSON Schema of one argument; `root` has what it refers to. */
export function shapeOfSchema(schema: JsonSchema, isOptional: boolean, root: JsonSchema): Shape {
  const target = schema.$ref ? root.$defs?.[schema.$ref.replace("#/$defs/", "")] : undefined;
  if (target) return shapeOfSchema(target, isOptional, root);
  const variants = schema.anyOf ?? schema.oneOf;
  const others = variants?.filter((variant) => variant.type !== "null");
  if (variants && others?.length === 1 && others[0])
    return { ...shapeOfSchema(others[0], isOptional, root), isNullable: variants.length > 1 };
  const options = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  const of = (kind: Kind, more: Partial<Shape> = {}): Shape => ({
    kind,
    isOptional,
    isNullable: false,
    options: [],
    type: labelOf(schema),
    ...more,
  });
  if (options?.every((option) => typeof option === "string")) return of("choice", { options });
  const table = /^(\w+)-id$/.exec(schema.format ?? "")?.[1];
  if (schema.type === "string") return table ? of("id", { table }) : of("string");
  if (schema.type === "number" || schema.type === "integer") return of("number");
  if (schema.type === "boolean") return of("boolean");
  return of("json");
}

function labelOf(schema: JsonSchema): string {
  if (schema.type === "array") return `array of ${schema.items ? labelOf(schema.items) : "anything"}`;
  return Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "anything");
}

/** Read the validator of a table's field. */
export function shapeOfField(table: Table, name: string): Shape {
  const field = table.fields.find((candidate) => candidate.name === name);
  return field
    ? shapeOfValidator(field.type, field.optional)
    : shapeOfValidator(name === "_creationTime" ? "v.float64()" : "v.any()");
}
