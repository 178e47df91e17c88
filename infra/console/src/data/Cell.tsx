import { formatBytes, formatMoment, isMoment } from "../format";
import { largeOf } from "../large";
import type { Shape } from "../shape";
import classes from "./Cell.module.css";
import { IdLink } from "./IdLink";

const SHOWN_CHARACTERS = 200;

interface CellProps {
  name: string;
  value: unknown;
  shape: Shape | undefined;
}

/** A value in one line. */
export function Cell({ name, value, shape }: CellProps) {
  if (value === undefined) return <span className={classes.absent}>–</span>;
  if (name === "_id") return <code className={classes.id}>{String(value)}</code>;
  if (shape?.table && typeof value === "string") return <IdLink id={value} table={shape.table} />;
  if (isMoment(name, value)) return <span className={classes.moment}>{formatMoment(value)}</span>;
  if (typeof value === "string")
    return value === "" ? <span className={classes.absent}>empty</span> : value.slice(0, SHOWN_CHARACTERS);
  if (typeof value === "number" || typeof value === "boolean") return <code>{String(value)}</code>;
  const large = largeOf(value);
  if (large)
    return (
      <>
        <span className={classes.size}>{formatBytes(large.bytes)}</span>
        {large.preview.slice(0, SHOWN_CHARACTERS)}
      </>
    );
  return <code className={classes.absent}>{JSON.stringify(value).slice(0, SHOWN_CHARACTERS)}</code>;
}
