import { Button } from "@mantine/core";
import { PAGE_ROWS, useActions } from "../api";
import { formatMoment } from "../format";
import { Empty } from "../parts/Empty";
import { Loading } from "../parts/Loading";
import classes from "./Actions.module.css";

/** The audit log: who changed what from here or from the command line, newest first. */
export function Actions() {
  const { results, status, loadMore } = useActions();
  if (status === "LoadingFirstPage") return <Loading />;
  if (results.length === 0) return <Empty title="Nothing yet" />;
  return (
    <>
      <ol className={classes.actions}>
        {results.map(({ at, actor, action, target, detail }) => (
          <li key={`${at} ${action} ${String(target)}`} className={classes.action}>
            <span className={classes.at}>{formatMoment(at)}</span>
            <span className={classes.what}>
              <strong>{action}</strong> {typeof target === "string" && <code>{target}</code>}{" "}
              {typeof detail === "string" && <span className={classes.detail}>{detail}</span>}
            </span>
            <span className={classes.actor}>{actor}</span>
          </li>
        ))}
      </ol>
      {status === "CanLoadMore" && (
        <Button variant="default" mt={10} onClick={() => loadMore(PAGE_ROWS)}>
          Show more
        </Button>
      )}
    </>
  );
}
