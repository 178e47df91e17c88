import { useCallback, useEffect, useMemo } from "react";
import { type Listing, PAGE_ROWS, useRows } from "../api";
import { formatCount } from "../format";
import { Empty } from "../parts/Empty";
import { Grid } from "../parts/Grid";
import { GridSkeleton } from "../parts/GridSkeleton";
import { Loading } from "../parts/Loading";
import { go } from "../route";
import { columnsOf } from "./columns";
import type { DataPlace } from "./dataPlace";

interface RowsProps {
  /** Undefined until the tables are known. */
  place: DataPlace | undefined;
  listing: Listing | undefined;
}

/** The rows of a listing, live, loaded as the reader scrolls. */
export function Rows({ place, listing }: RowsProps) {
  const { results, status, loadMore } = useRows(listing);
  const columns = useMemo(() => (place ? columnsOf(place.table, creationSort(place)) : []), [place]);
  const canLoadMore = status === "CanLoadMore";
  const onNearEnd = useCallback(() => {
    if (canLoadMore) loadMore(PAGE_ROWS);
  }, [canLoadMore, loadMore]);
  // A page may be empty though more follow.
  useEffect(() => {
    if (results.length === 0) onNearEnd();
  }, [results.length, onNearEnd]);

  if (!place) return <Loading />;
  const { table } = place;
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

/** Rows of an index can be sorted by when they were made. */
function creationSort({ index, drafts, order, filtered }: DataPlace) {
  if (!index) return undefined;
  const other = order === "asc" ? "desc" : "asc";
  return { direction: order, onToggle: () => go(filtered(index.name, drafts, other), { replace: true }) };
}
