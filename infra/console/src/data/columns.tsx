import type { Document, Field, Table } from "../contract";
import type { Column } from "../parts/Grid";
import { type Shape, shapeOfField } from "../shape";
import { Cell } from "./Cell";

const WIDTHS_PX: Record<Shape["kind"], number> = {
  id: 150,
  number: 110,
  boolean: 90,
  choice: 120,
  string: 200,
  json: 180,
};

/** Return the columns of a table: its id, its fields, and when its rows were made; `sortOf` tells how each is sorted. */
export function columnsOf(table: Table, sortOf: (name: string) => Column<Document>["sort"]): Column<Document>[] {
  const columns: Column<Document>[] = [
    { id: "_id", header: "_id", widthPx: 130, cell: (row) => <Cell name="_id" value={row._id} shape={undefined} /> },
    ...readableFirst(table).map((field): Column<Document> => {
      const shape = shapeOfField(table, field.name);
      const isTime = /(At|By)$/.test(field.name) && shape.kind === "number";
      return {
        id: field.name,
        header: field.name,
        hint: `${field.type}${field.optional ? ", optional" : ""}`,
        widthPx: isTime ? 180 : field.large ? 260 : WIDTHS_PX[shape.kind],
        ...(shape.kind === "number" && !isTime && { align: "right" as const }),
        cell: (row) => <Cell name={field.name} value={row[field.name]} shape={shape} />,
      };
    }),
    {
      id: "_creationTime",
      header: "_creationTime",
      widthPx: 190,
      cell: (row) => <Cell name="createdAt" value={row._creationTime} shape={undefined} />,
    },
  ];
  return columns.map((column) => {
    const sort = sortOf(column.id);
    return sort ? { ...column, sort } : column;
  });
}

/** What people read comes before what refers to other rows. */
function readableFirst(table: Table): Field[] {
  const refers = (field: Field) => Number(shapeOfField(table, field.name).kind === "id");
  return table.fields.toSorted((a, b) => refers(a) - refers(b));
}
