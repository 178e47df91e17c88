import type { ReactNode } from "react";
import { formatCompact } from "../format";
import classes from "./Tiles.module.css";

/** A row of numbers. */
export function Tiles({ children }: { children: ReactNode }) {
  return <dl className={classes.tiles}>{children}</dl>;
}

interface TileProps {
  name: string;
  /** A dash stands for what is not known. */
  value: number | string | undefined;
  children?: ReactNode;
}

/** A number with its name, and perhaps how it came about. */
export function Tile({ name, value, children }: TileProps) {
  return (
    <div className={classes.tile}>
      <dt className={classes.name}>{name}</dt>
      <dd className={classes.value}>{typeof value === "number" ? formatCompact(value) : (value ?? "–")}</dd>
      {children && <dd className={classes.more}>{children}</dd>}
    </div>
  );
}
