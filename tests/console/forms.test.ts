// From a schema to inputs, and from what was typed back to values.
import type { Table } from "../../infra/console/src/contract";
import { changedFields } from "../../infra/console/src/data/changedFields";
import { argumentsOf, shapesOf, textOf } from "../../infra/console/src/functions/argumentDrafts";
import { shapeOfValidator } from "../../infra/console/src/shape";

const field = (name: string, type: string, optional = false) => ({ name, type, optional, large: false });
const files: Table = {
  name: "files",
  description: "",
  editable: true,
  indexes: [],
  fields: [field("name", "v.string()"), field("projectId", 'v.id("projects")'), field("size", "v.float64()", true)],
};
const schema = {
  type: "object",
  required: ["projectId", "name"],
  properties: {
    name: { type: "string" },
    parentId: { anyOf: [{ type: "string", format: "files-id" }, { type: "null" }] },
    projectId: { type: "string", format: "projects-id" },
    internalKey: { type: "string" },
  },
};
const form = (byName: Record<string, string | null>) => ({ mode: "form" as const, byName, text: "" });

test.each([
  ["v.string()", "string"],
  ["v.float64()", "number"],
  ["v.boolean()", "boolean"],
  ['v.id("files")', "id"],
  ['v.union(v.literal("a"), v.literal("b"))', "choice"],
  ["v.array(v.string())", "json"],
])("%s becomes an input for a %s", (validator, kind) => {
  expect(shapeOfValidator(validator).kind).toBe(kind);
});

test("a choice offers all its literals", () => {
  expect(shapeOfValidator('v.union(v.literal("a"), v.literal("b"))').options).toEqual(["a", "b"]);
});

test("only changed fields are sent, and null takes an optional one away", () => {
  const document = { name: "a.ts", projectId: "p", size: 3 };
  expect(changedFields(files, document, { name: "b.ts", projectId: "p", size: null })).toEqual({ name: "b.ts", size: null });
});

test("a text that is no number is refused by the name of its field", () => {
  expect(() => changedFields(files, { name: "a", projectId: "p" }, { size: "many" })).toThrow("size must be a number");
});

test("a new document without a required field is refused by its name", () => {
  expect(() => changedFields(files, {}, { name: "a.ts" })).toThrow("projectId is required");
});

test("arguments are asked for in the order of the signature, the internal key never", () => {
  expect(shapesOf(schema).map(([name, shape]) => [name, shape.table, shape.isOptional])).toEqual([
    ["projectId", "projects", false],
    ["name", undefined, false],
    ["parentId", "files", true],
  ]);
});

test("optional arguments that were left empty are not passed", () => {
  expect(argumentsOf(form({ projectId: "p", name: "a.ts", parentId: null }), schema)).toEqual({ projectId: "p", name: "a.ts" });
});

test("a missing argument is refused by its name", () => {
  expect(() => argumentsOf(form({ name: "a.ts" }), schema)).toThrow("projectId is required");
});

test("JSON goes on from what the form says", () => {
  expect(JSON.parse(textOf(form({ projectId: "p" }), schema))).toEqual({ projectId: "p", name: null });
});
