import { href } from "../route";
import classes from "./IdLink.module.css";

/** An id that leads to its row. */
export function IdLink({ id, table }: { id: string; table: string }) {
  return (
    <a
      className={classes.link}
      href={href("data", [table], { id })}
      title={`Open in ${table}`}
      onClick={(event) => event.stopPropagation()}
    >
      {id}
    </a>
  );
}
