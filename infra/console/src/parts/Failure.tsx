import { Button } from "@mantine/core";
import { CrossCircledIcon } from "@radix-ui/react-icons";
import { messageOf } from "../errors";
import classes from "./Notice.module.css";

interface FailureProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  onSignOut?: (() => void) | undefined;
}

/** Says what went wrong in place of what should be there. */
export function Failure({ error, onRetry, onSignOut }: FailureProps) {
  return (
    <div className={classes.notice} role="alert">
      <CrossCircledIcon className={classes.bad} width={20} height={20} />
      <p className={classes.title}>This cannot be shown</p>
      <p className={classes.text}>{messageOf(error)}</p>
      <div className={classes.actions}>
        {onRetry && (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        {onSignOut && (
          <Button variant="subtle" color="gray" onClick={onSignOut}>
            Sign in anew
          </Button>
        )}
      </div>
    </div>
  );
}
