import { useMemo, useState } from "react";
import type { FunctionHealth } from "../contract";
import { formatCost, formatDuration, formatNumber } from "../format";
import { type Column, Grid } from "../parts/Grid";
import { go, href } from "../route";
import classes from "./FunctionTable.module.css";
import { type Sort, sorted } from "./sorted";

const duration = (ms: number | null) => (ms === null ? "–" : formatDuration(ms));

const COLUMNS: [keyof FunctionHealth, string, number, (one: FunctionHealth) => string][] = [
  ["path", "Function", 280, ({ path }) => path],
  ["calls", "Calls", 90, ({ calls }) => formatNumber(calls)],
  ["errors", "Errors", 90, ({ errors }) => formatNumber(errors)],
  ["throttles", "Throttles", 100, ({ throttles }) => (typeof throttles === "number" ? formatNumber(throttles) : "–")],
  ["p50Ms", "p50", 90, ({ p50Ms }) => duration(p50Ms)],
  ["p99Ms", "p99", 90, ({ p99Ms }) => duration(p99Ms)],
  ["costUsd", "Cost", 120, ({ costUsd }) => (costUsd === null ? "–" : formatCost(costUsd))],
];

/** Each function with its calls, errors, latency and cost, in any order. */
export function FunctionTable({ functions }: { functions: FunctionHealth[] }) {
  const [sort, setSort] = useState<Sort>({ by: "calls", direction: "desc" });
  const rows = useMemo(() => sorted(functions, sort), [functions, sort]);
  const columns = useMemo(() => COLUMNS.map((column) => columnOf(column, sort, setSort)), [sort]);
  return (
    <div className={classes.table} style={{ height: Math.min(480, 36 + rows.length * 32) }}>
      <Grid
        label="Functions"
        columns={columns}
        rows={rows}
        idOf={({ path }) => path}
        onOpen={({ path }) => go(href("logs", [], { function: path }))}
      />
    </div>
  );
}

function columnOf(
  [id, header, widthPx, text]: (typeof COLUMNS)[number],
  sort: Sort,
  onSort: (sort: Sort) => void,
): Column<FunctionHealth> {
  const direction = sort.by === id ? sort.direction : undefined;
  return {
    id,
    header,
    widthPx,
    ...(id !== "path" && { align: "right" as const }),
    cell: (one) => (id === "errors" && one.errors ? <span className={classes.bad}>{text(one)}</span> : text(one)),
    sort: { direction, onToggle: () => onSort({ by: id, direction: direction === "desc" ? "asc" : "desc" }) },
  };
}
