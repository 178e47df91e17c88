import { Empty } from "../parts/Empty";
import { useRoute } from "../route";
import { useDescribed } from "../shell/description";
import { FunctionList } from "./FunctionList";
import { FunctionRunner } from "./FunctionRunner";
import classes from "./FunctionsView.module.css";

/** All functions of the deployment, and one of them to run. */
export default function FunctionsView() {
  // The console's own functions are how it works, not what it works on.
  const functions = useDescribed().functions.filter(({ visibility }) => visibility !== "admin");
  const { parts } = useRoute();
  const current = functions.find(({ path }) => path === parts[0]);
  return (
    <div className={classes.view} data-chosen={current ? true : undefined}>
      <FunctionList functions={functions} current={current?.path} />
      <section className={classes.content} aria-label={current?.path ?? "Function"}>
        {current ? (
          <FunctionRunner key={current.path} info={current} />
        ) : (
          <Empty title="Choose a function">Its arguments become a form, and you run it as whom you like.</Empty>
        )}
      </section>
    </div>
  );
}
