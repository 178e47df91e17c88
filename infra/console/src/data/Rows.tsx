import { useCallback, useEffect, useMemo } from "react";
import { PAGE_ROWS, useRows } from "../api";
import { formatCount } from "../format";
import { Empty } from "../parts/Empty";
import { Grid } from "../parts/Grid";
import { GridSkeleton } from "../parts/GridSkeleton";
import { go } from "../route";
import { columnsOf } from "./columns";
import type { DataPlace } from "./useDataPlace";

/** The rows of a listing, live, loaded as the reader scrolls. */
export function Rows({ place }: { place: DataPlace }) {
  const { table, listing, order } = place;
  const { results, status, loadMore } = useRows(listing ?? "skip");
  const toggleOrder = useCallback(
    () =>
      go(place.filtered(place.index?.name, place.drafts, place.order === "asc" ? "desc" : "asc"), { replace: true }),
    [place],
  );
  const isSorted = place.index !== undefined;
  const columns = useMemo(
    () => columnsOf(table, isSorted ? { direction: order, onToggle: toggleOrder } : undefined),
    [table, isSorted, order, toggleOrder],
  );
  const canLoadMore = status === "CanLoadMore";
  const onNearEnd = useCallback(() => {
    if (canLoadMore) loadMore(PAGE_ROWS);
  }, [canLoadMore, loadMore]);
  // A page may be empty though more follow.
  useEffect(() => {
    if (results.length === 0) onNearEnd();
  }, [results.length, onNearEnd]);

  if (!listing) return <Empty title="What is wanted of this index?">{place.missing}.</Empty>;
  if (results.length === 0 && status !== "Exhausted") return <GridSkeleton columns={columns} />;
  if (results.length === 0)
    return (
      <Empty title={place.index ? "No row has these values" : `${table.name} is empty`}>
        {table.description.split("\n")[0]}
      </Empty>
    );
  return (
    <Grid
      label={`Rows of ${table.name}`}
      columns={columns}
      rows={results}
      idOf={(row) => row._id}
      openId={place.openId}
      onOpen={(row) => go(place.opening(row._id))}
      onNearEnd={onNearEnd}
      footer={
        status === "Exhausted"
          ? `All of it: ${formatCount(results.length, "row")}`
          : `${formatCount(results.length, "row")}, more as you scroll`
      }
    />
  );
}
