import type { Column } from "./Grid";
import classes from "./GridSkeleton.module.css";

const ROWS = Array.from({ length: 14 }, (_, row) => row);

/** What a grid looks like before its rows are known: as high and as wide as it will be. */
export function GridSkeleton<Row>({ columns }: { columns: Column<Row>[] }) {
  const template = columns.map(({ widthPx }) => `${widthPx}px`).join(" ");
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading rows">
      <div className={classes.header} style={{ gridTemplateColumns: template }}>
        {columns.map(({ id, header }) => (
          <span key={id} className={classes.name}>
            {header}
          </span>
        ))}
      </div>
      {ROWS.map((row) => (
        <div key={row} className={classes.row} style={{ gridTemplateColumns: template }}>
          {columns.map(({ id }, at) => (
            <span key={id} className={classes.bar} style={{ width: `${35 + ((row * 7 + at * 13) % 45)}%` }} />
          ))}
        </div>
      ))}
    </div>
  );
}
