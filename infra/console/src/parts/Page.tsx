import type { ReactNode } from "react";
import classes from "./Page.module.css";

interface PageProps {
  title: ReactNode;
  /** What the view can be told: filters and buttons. */
  tools?: ReactNode;
  children: ReactNode;
}

/** A view: its title, what it can be told, and its content. */
export function Page({ title, tools, children }: PageProps) {
  return (
    <section className={classes.page}>
      <header className={classes.header}>
        <h1 className={classes.title}>{title}</h1>
        {tools && <div className={classes.tools}>{tools}</div>}
      </header>
      {children}
    </section>
  );
}
