import type { ReactNode } from "react";
import classes from "./Notice.module.css";

/** Says that there is nothing, and what would make something. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.notice}>
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
    </div>
  );
}
