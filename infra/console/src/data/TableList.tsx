import type { Table } from "../contract";
import { formatBytes, formatCompact } from "../format";
import { href } from "../route";
import classes from "./TableList.module.css";

interface TableListProps {
  tables: Table[];
  counts: { name: string; count: number; bytes: number }[] | undefined;
  current: string | undefined;
}

/** All tables with about how many rows they have. */
export function TableList({ tables, counts, current }: TableListProps) {
  return (
    <nav className={classes.list} aria-label="Tables">
      <h2 className={classes.title}>Tables</h2>
      <ul className={classes.tables}>
        {tables.map(({ name, description }) => {
          const size = counts?.find((entry) => entry.name === name);
          return (
            <li key={name}>
              <a
                className={classes.table}
                href={href("data", [name])}
                aria-current={name === current ? "page" : undefined}
                title={description.split("\n")[0]}
              >
                <span className={classes.name}>{name}</span>
                <span className={classes.count} title={size && `about ${formatBytes(size.bytes)}`}>
                  {size ? formatCompact(size.count) : ""}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
