import { Button } from "@mantine/core";
import { formatCount } from "../format";
import classes from "./SortNote.module.css";

interface SortNoteProps {
  by: string;
  loaded: number;
  /** Undefined if all rows are loaded. */
  onLoadMore: (() => void) | undefined;
  onUnsort: () => void;
}

/** Says what sorting by a column without an index is worth. */
export function SortNote({ by, loaded, onLoadMore, onUnsort }: SortNoteProps) {
  return (
    <div className={classes.note} role="status">
      <span className={classes.text}>
        {onLoadMore
          ? `Sorted by ${by} among the ${formatCount(loaded, "row")} loaded so far; no index has this order.`
          : `Sorted by ${by}: all ${formatCount(loaded, "row")}.`}
      </span>
      {onLoadMore && (
        <Button variant="default" size="compact-xs" onClick={onLoadMore}>
          Load 500 more
        </Button>
      )}
      <Button variant="subtle" color="gray" size="compact-xs" onClick={onUnsort}>
        Unsort
      </Button>
    </div>
  );
}
