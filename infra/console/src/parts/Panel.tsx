import { CloseButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  title: ReactNode;
  label: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
}

/** What is open beside a list; on a phone it takes the place of the list. */
export function Panel({ title, label, onClose, children, footer }: PanelProps) {
  useHotkeys([["Escape", onClose]], []);
  return (
    <aside className={classes.panel} aria-label={label}>
      <header className={classes.header}>
        <div className={classes.title}>{title}</div>
        <CloseButton size="sm" aria-label="Close" title="Close (Esc)" onClick={onClose} />
      </header>
      <div className={classes.content}>{children}</div>
      {footer && <footer className={classes.footer}>{footer}</footer>}
    </aside>
  );
}
