import { Button } from "@mantine/core";
import { formatCount } from "../format";
import classes from "./SortNote.module.css";

interface SortNoteProps {
  by: string;
  loaded: number;
  /** Of the rows, as `usePaginatedQuery` tells it. */
  status: string;
  onLoadMore: () => void;
  onUnsort: () => void;
}

/** Says what sorting by a column without an index is worth. */
export function SortNote({ by, loaded, status, onLoadMore, onUnsort }: SortNoteProps) {
  const isAll = status === "Exhausted";
  return (
    <div className={classes.note} role="status">
      <span className={classes.text}>
        {isAll
          ? `Sorted by ${by}: all ${formatCount(loaded, "row")}.`
          : `Sorted by ${by} among the ${formatCount(loaded, "row")} loaded so far; no index has this order.`}
      </span>
      {!isAll && (
        <Button variant="default" size="compact-xs" loading={status !== "CanLoadMore"} onClick={onLoadMore}>
          Load 500 more
        </Button>
      )}
      <Button variant="subtle" color="gray" size="compact-xs" onClick={onUnsort}>
        Unsort
      </Button>
    </div>
  );
}
