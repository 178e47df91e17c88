import { useHotkeys } from "@mantine/hooks";
import { Empty } from "../parts/Empty";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { go } from "../route";
import { useDescribed } from "../shell/description";
import { usePolled } from "../usePolled";
import { DocumentPanel } from "./DocumentPanel";
import { InsertPanel } from "./InsertPanel";
import { Rows } from "./Rows";
import { TableList } from "./TableList";
import classes from "./TablesView.module.css";
import { TableTools } from "./TableTools";
import { useDataPlace } from "./useDataPlace";

const COUNTS_MS = 10_000;

/** The tables, the rows of one, and the document that is open. */
export function TablesView() {
  const { tables } = useDescribed();
  const counts = usePolled("tables", {}, COUNTS_MS).answer?.tables;
  const place = useDataPlace(tables);
  useHotkeys([["n", () => place?.table.editable && go(place.inserting())]]);

  if (!place) return <Empty title="The schema has no tables" />;
  const { table, listing, openId, isInserting } = place;
  return (
    <div className={classes.view}>
      <TableList tables={tables} counts={counts} current={table.name} />
      <section className={classes.rows} aria-label={table.name}>
        <TableTools place={place} tables={tables} count={counts?.find(({ name }) => name === table.name)?.count} />
        <ErrorBoundary key={JSON.stringify(listing)}>
          <Rows place={place} />
        </ErrorBoundary>
      </section>
      {isInserting && (
        <InsertPanel
          key={table.name}
          table={table}
          onClose={() => go(place.closed())}
          onInserted={(id) => go(place.opening(id))}
        />
      )}
      {openId && (
        <ErrorBoundary key={openId}>
          <DocumentPanel id={openId} onClose={() => go(place.closed())} />
        </ErrorBoundary>
      )}
    </div>
  );
}
