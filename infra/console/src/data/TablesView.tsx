import { useHotkeys } from "@mantine/hooks";
import { useContext, useMemo } from "react";
import { Empty } from "../parts/Empty";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { go, useRoute } from "../route";
import { DescriptionContext } from "../shell/description";
import { usePolled } from "../usePolled";
import { DocumentPanel } from "./DocumentPanel";
import { earlyListing, placeOf } from "./dataPlace";
import { InsertPanel } from "./InsertPanel";
import { Rows } from "./Rows";
import { TableList } from "./TableList";
import classes from "./TablesView.module.css";
import { TableTools } from "./TableTools";

const COUNTS_MS = 10_000;

/** The tables, the rows of one, and the document that is open. */
export function TablesView() {
  const description = useContext(DescriptionContext);
  const route = useRoute();
  const counts = usePolled("tables", {}, COUNTS_MS).answer?.tables;
  const place = useMemo(() => (description ? placeOf(route, description.tables) : undefined), [route, description]);
  // Rows are asked for along with what they look like, not after it.
  const listing = place ? place.listing : earlyListing(route);
  useHotkeys([["n", () => place?.table.editable && go(place.inserting())]]);

  if (description && !place) return <Empty title="The schema has no tables" />;
  const table = place?.table;
  const close = () => place && go(place.closed());
  return (
    <div className={classes.view}>
      <TableList tables={description?.tables ?? []} counts={counts} current={table?.name} />
      <section className={classes.rows} aria-label={table?.name ?? "Rows"}>
        <div className={classes.tools}>
          {place && (
            <TableTools
              place={place}
              tables={description?.tables ?? []}
              count={counts?.find(({ name }) => name === table?.name)?.count}
            />
          )}
        </div>
        <ErrorBoundary key={JSON.stringify(listing)}>
          <Rows place={place} listing={listing} />
        </ErrorBoundary>
      </section>
      {table && place.isInserting && (
        <InsertPanel key={table.name} table={table} onClose={close} onInserted={(id) => go(place.opening(id))} />
      )}
      {place?.openId && (
        <ErrorBoundary key={place.openId}>
          <DocumentPanel id={place.openId} onClose={close} />
        </ErrorBoundary>
      )}
    </div>
  );
}
