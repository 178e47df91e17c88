import { ArrowDownIcon, ArrowUpIcon } from "@radix-ui/react-icons";
import type { Column } from "./Grid";
import classes from "./Grid.module.css";

/** What the header needs of the table library's. */
interface ResizableHeader {
  id: string;
  getResizeHandler: () => (event: unknown) => void;
}

interface GridHeaderProps<Row> {
  headers: ResizableHeader[];
  columns: Map<string, Column<Row>>;
}

/** The names of a grid's columns, which stay in sight. */
export function GridHeader<Row>({ headers, columns }: GridHeaderProps<Row>) {
  return (
    <div className={classes.header} role="rowgroup">
      <div className={classes.names} role="row" aria-rowindex={1}>
        {headers.map((header) => {
          const column = columns.get(header.id);
          if (!column) return null;
          const { sort } = column;
          const Arrow = sort?.direction === "asc" ? ArrowUpIcon : ArrowDownIcon;
          return (
            <div
              key={header.id}
              className={classes.name}
              role="columnheader"
              title={column.hint}
              data-align={column.align}
              aria-sort={sort?.direction && (sort.direction === "asc" ? "ascending" : "descending")}
            >
              {sort ? (
                <button type="button" className={classes.sort} onClick={sort.onToggle}>
                  {column.header}
                  {sort.direction && <Arrow width={12} height={12} aria-hidden="true" />}
                </button>
              ) : (
                <span className={classes.text}>{column.header}</span>
              )}
              <span
                className={classes.handle}
                aria-hidden="true"
                onMouseDown={header.getResizeHandler()}
                onTouchStart={header.getResizeHandler()}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
