import { Button, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { PlusIcon } from "@radix-ui/react-icons";
import type { Table } from "../contract";
import { formatCount } from "../format";
import { ValueInput } from "../parts/ValueInput";
import { go, href } from "../route";
import { shapeOfField } from "../shape";
import type { DataPlace } from "./dataPlace";
import classes from "./TableTools.module.css";

interface TableToolsProps {
  place: DataPlace;
  tables: Table[];
  count: number | undefined;
}

/** Above the rows: which table, which index and values of it, which order. */
export function TableTools({ place, tables, count }: TableToolsProps) {
  const { table, index, drafts, order } = place;
  const set = (name: string | undefined, given: Record<string, string>, by = order) =>
    go(place.filtered(name, given, by), { replace: true });

  return (
    <header className={classes.tools}>
      <h1 className={classes.title}>
        {table.name}
        {count !== undefined && <span className={classes.count}>about {formatCount(count, "row")}</span>}
      </h1>
      <Select
        className={classes.table}
        aria-label="Table"
        data={tables.map(({ name }) => name)}
        value={table.name}
        allowDeselect={false}
        onChange={(name) => name && go(href("data", [name]))}
      />
      <div className={classes.filter}>
        <Select
          className={classes.index}
          aria-label="Index"
          placeholder="All rows"
          data={table.indexes.map(({ name }) => name)}
          value={index?.name ?? null}
          clearable
          data-search
          onChange={(name) => set(name ?? undefined, {})}
        />
        {index?.fields.map((field) => (
          <ValueInput
            key={`${index.name} ${field}`}
            className={classes.value ?? ""}
            label={field}
            shape={shapeOfField(table, field)}
            draft={drafts[field] || null}
            onChange={(draft) => set(index.name, { ...drafts, [field]: draft ?? "" })}
            isCompact
          />
        ))}
        {index && (
          <SegmentedControl
            aria-label={`Order of ${index.range ?? "creation"}`}
            value={order}
            data={[
              { value: "desc", label: index.range ? "Descending" : "Newest" },
              { value: "asc", label: index.range ? "Ascending" : "Oldest" },
            ]}
            onChange={(by) => set(index.name, drafts, by as "asc" | "desc")}
          />
        )}
      </div>
      <Tooltip label={table.editable ? "Insert a document (n)" : `Only the app writes ${table.name}: ${table.why}`}>
        <Button
          leftSection={<PlusIcon />}
          data-disabled={!table.editable}
          aria-disabled={!table.editable}
          onClick={() => table.editable && go(place.inserting())}
        >
          Insert
        </Button>
      </Tooltip>
    </header>
  );
}
