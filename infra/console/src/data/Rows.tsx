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
import { useRows } from "./useRows";

interface RowsProps {
  /** Undefined until the tables are known. */
  place: DataPlace | undefined;
  listing: Listing | undefined;
}

/** The rows of a listing, live, loaded as the reader scrolls. */
export function Rows({ place, listing }: RowsProps) {
  const rows = useRows(listing);
  const { onNearEnd, isEmpty, isLoading, footer } = useEndless(rows);
  const columns = useMemo(() => (place ? columnsOf(place.table, creationSort(place)) : []), [place]);

  if (!place) return <Loading />;
  const { table } = place;
  if (!listing) return <Empty title="What is wanted of this index?">{place.missing}.</Empty>;
  if (isLoading) return <GridSkeleton columns={columns} />;
  if (isEmpty)
    return (
      <Empty title={place.index ? "No row has these values" : `${table.name} is empty`}>
        {table.description.split("\n")[0]}
      </Empty>
    );
  return (
    <Grid
      label={`Rows of ${table.name}`}
      columns={columns}
      rows={rows.results}
      idOf={(row) => row._id}
      openId={place.openId}
      onOpen={(row) => go(place.opening(row._id))}
      onNearEnd={onNearEnd}
      footer={footer("row")}
    />
  );
}

/** Rows of an index can be sorted by when they were made. */
function creationSort({ index, drafts, order, filtered }: DataPlace) {
  if (!index) return undefined;
  const other = order === "asc" ? "desc" : "asc";
  return { direction: order, onToggle: () => go(filtered(index.name, drafts, other), { replace: true }) };
}
