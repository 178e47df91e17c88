import { Loader } from "@mantine/core";
import classes from "./Loading.module.css";

/** Stands where something will be; shows itself only if that takes long enough to notice. */
export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <div className={classes.loading} role="status" aria-label={label}>
      <Loader size="sm" type="dots" color="gray" />
    </div>
  );
}
