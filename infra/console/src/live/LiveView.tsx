import { Failure } from "../parts/Failure";
import { Loading } from "../parts/Loading";
import { Page } from "../parts/Page";
import { Tile, Tiles } from "../parts/Tiles";
import { usePolled } from "../usePolled";
import { Actions } from "./Actions";
import { Bars } from "./Bars";
import { DeadLetters } from "./DeadLetters";
import classes from "./LiveView.module.css";
import { Sparkline } from "./Sparkline";
import { useHistory } from "./useHistory";

const EVERY_MS = 2000;

/** Who is connected, what they watch, and what could not be delivered. */
export default function LiveView() {
  const { answer, error, refresh } = usePolled("connections", {}, EVERY_MS);
  const history = useHistory(answer);
  return (
    <Page title="Live">
      <div className={classes.content}>
        {!answer && !error && <Loading />}
        {!answer && error && <Failure error={error} onRetry={refresh} />}
        {answer && (
          <>
            <Tiles>
              <Tile name="Connections" value={answer.open}>
                <Sparkline points={history.map(({ open }) => open)} label="Connections lately" />
              </Tile>
              <Tile name="Queries watched" value={answer.queries}>
                <Sparkline points={history.map(({ queries }) => queries)} label="Queries lately" />
              </Tile>
              <Tile name="Subscriptions" value={answer.subscriptions}>
                <Sparkline points={history.map(({ subscriptions }) => subscriptions)} label="Subscriptions lately" />
              </Tile>
              <Tile name="Pushes per minute" value={answer.pushesPerMinute ?? undefined}>
                <Sparkline points={history.map(({ pushesPerMinute }) => pushesPerMinute ?? 0)} label="Pushes lately" />
              </Tile>
            </Tiles>
            <section className={classes.section}>
              <h2 className={classes.title}>Connections by client</h2>
              <Bars values={answer.byFamily} />
            </section>
          </>
        )}
        <section className={classes.section}>
          <h2 className={classes.title}>Dead letters</h2>
          <p className={classes.text}>
            What failed again and again and was put aside. Redriving delivers it once more.
          </p>
          <DeadLetters />
        </section>
        <section className={classes.section}>
          <h2 className={classes.title}>What administrators changed</h2>
          <Actions />
        </section>
      </div>
    </Page>
  );
}
