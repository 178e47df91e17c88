import { columnResizingFeature, columnSizingFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useId, useMemo, useRef } from "react";
import classes from "./Grid.module.css";
import { GridHeader } from "./GridHeader";
import { useGridKeys } from "./useGridKeys";

const ROW_PX = 32;
const OVERSCAN = 12;
const features = tableFeatures({ columnSizingFeature, columnResizingFeature });

export interface Column<Row> {
  id: string;
  header: string;
  /** What a tooltip of the header says. */
  hint?: string;
  widthPx: number;
  align?: "right";
  cell: (row: Row) => ReactNode;
  sort?: { direction: "asc" | "desc" | undefined; onToggle: () => void };
}

interface GridProps<Row> {
  /** What the rows are, for screen readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  idOf: (row: Row) => string;
  openId?: string | undefined;
  onOpen?: (row: Row) => void;
  /** Called when the reader comes near the last loaded row. */
  onNearEnd?: () => void;
  /** What stands below the last row. */
  footer?: ReactNode;
}

/** A table that draws only the rows in sight, moved through by keys, with columns that can be made wider. */
export function Grid<Row extends object>({
  label,
  columns,
  rows,
  idOf,
  openId,
  onOpen,
  onNearEnd,
  footer,
}: GridProps<Row>) {
  const id = useId();
  const viewport = useRef<HTMLDivElement>(null);
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const definitions = useMemo(
    () => columns.map(({ id, widthPx }) => ({ id, size: widthPx, minSize: 60, accessorFn: (row: Row) => row })),
    [columns],
  );
  const table = useTable<typeof features, Row>({
    features,
    columns: definitions,
    data: rows,
    getRowId: idOf,
    columnResizeMode: "onChange",
  });
  const model = table.getRowModel().rows;
  const virtualizer = useVirtualizer({
    count: model.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_PX,
  });
  const { active, onKeyDown, onFocus, setActive } = useGridKeys({
    count: model.length,
    pageRows: () => Math.floor((viewport.current?.clientHeight ?? 0) / ROW_PX) - 2,
    onMove: (index) => virtualizer.scrollToIndex(index),
    onOpen: (index) => model[index] && onOpen?.(model[index].original),
  });

  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= model.length - OVERSCAN - 1) onNearEnd?.();
  }, [last, model.length, onNearEnd]);

  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  // What is left over goes to the last column, or to the first if numbers stand at the right.
  const wide = columns.at(-1)?.align === "right" ? 0 : headers.length - 1;
  const widths = headers.map((header, at) =>
    at === wide ? `minmax(${header.getSize()}px, 1fr)` : `${header.getSize()}px`,
  );
  const style = { "--columns": widths.join(" "), "--row": `${ROW_PX}px` } as CSSProperties;

  return (
    <div
      ref={viewport}
      className={classes.viewport}
      style={style}
      role="grid"
      aria-label={label}
      aria-rowcount={footer ? -1 : model.length + 1}
      aria-activedescendant={active === undefined ? undefined : `${id}-${active}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <GridHeader headers={headers} columns={byId} />
      <div className={classes.body} style={{ height: virtualizer.getTotalSize() }} role="rowgroup">
        {items.map(({ index, start }) => {
          const row = model[index];
          if (!row) return null;
          return (
            <div
              key={row.id}
              id={`${id}-${index}`}
              className={classes.row}
              style={{ transform: `translateY(${start}px)` }}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={row.id === openId}
              data-active={index === active || undefined}
              data-opens={onOpen ? true : undefined}
              onClick={() => {
                setActive(index);
                onOpen?.(row.original);
              }}
            >
              {row.getAllCells().map(({ column }) => (
                <div key={column.id} className={classes.cell} role="gridcell" data-align={byId.get(column.id)?.align}>
                  {byId.get(column.id)?.cell(row.original)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {footer && <div className={classes.footer}>{footer}</div>}
    </div>
  );
}
