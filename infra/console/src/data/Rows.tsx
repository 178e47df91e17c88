import { useMemo } from "react";
import type { Listing } from "../api";
import { Empty } from "../parts/Empty";
import { Grid } from "../parts/Grid";
import { GridSkeleton } from "../parts/GridSkeleton";
import { Loading } from "../parts/Loading";
import { useEndless } from "../parts/useEndless";
import { go } from "../route";
import { columnsOf } from "./columns";
import type { DataPlace } from "./dataPlace";
import { SortNote } from "./SortNote";
import { sortedRows } from "./sortedRows";
import { useRows } from "./useRows";

const MORE_ROWS = 500;

interface RowsProps {
  /** Undefined until the tables are known. */
  place: DataPlace | undefined;
  listing: Listing | undefined;
}

/** The rows of a listing, live, loaded as the reader scrolls. */
export function Rows({ place, listing }: RowsProps) {
  const rows = useRows(listing);
  const { onNearEnd, isEmpty, isLoading, footer } = useEndless(rows);
  const shown = useMemo(() => sortedRows(rows.results, place?.sort), [rows.results, place?.sort]);
  const columns = useMemo(() => (place ? columnsOf(place.table, (name) => sortOf(place, name)) : []), [place]);

  if (!place) return <Loading />;
  const { table, sort } = place;
  if (!listing) return <Empty title="What is wanted of this index?">{place.missing}.</Empty>;
  if (isLoading) return <GridSkeleton columns={columns} />;
  if (isEmpty)
    return (
      <Empty title={place.index ? "No row has these values" : `${table.name} is empty`}>
        {table.description.split("\n")[0]}
      </Empty>
    );
  return (
    <>
      {sort && (
        <SortNote
          by={sort.by}
          loaded={shown.length}
          status={rows.status}
          onLoadMore={() => rows.loadMore(MORE_ROWS)}
          onUnsort={() => go(place.sorted(undefined), { replace: true })}
        />
      )}
      <Grid
        label={`Rows of ${table.name}`}
        columns={columns}
        rows={shown}
        idOf={(row) => row._id}
        openId={place.openId}
        onOpen={(row) => go(place.opening(row._id))}
        {...(!sort && { onNearEnd })}
        footer={footer("row")}
      />
    </>
  );
}

/** How a column is sorted: by the deployment in the order of the index, else here as far as rows are loaded. */
function sortOf({ index, drafts, order, sort, filtered, sorted }: DataPlace, name: string) {
  if (index && name === (index.range ?? "_creationTime")) {
    const other = order === "asc" || sort ? "desc" : "asc";
    const direction = sort ? undefined : order;
    return { direction, onToggle: () => go(filtered(index.name, drafts, other), { replace: true }) };
  }
  const direction = sort?.by === name ? sort.direction : undefined;
  const next = direction === "desc" ? undefined : ({ by: name, direction: direction ? "desc" : "asc" } as const);
  return { direction, onToggle: () => go(sorted(next), { replace: true }) };
}
