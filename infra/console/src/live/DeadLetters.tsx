import { Button } from "@mantine/core";
import { useState } from "react";
import { useOperate } from "../api";
import type { DeadLetterQueue } from "../contract";
import { formatCount, formatNumber, formatSpan } from "../format";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Loading } from "../parts/Loading";
import { Status } from "../parts/Status";
import { usePolled } from "../usePolled";
import classes from "./DeadLetters.module.css";

const EVERY_MS = 5000;

/** The queues of what could not be delivered, each with a button to try again. */
export function DeadLetters() {
  const operate = useOperate();
  const { answer, error, refresh } = usePolled("deadLetters", {}, EVERY_MS);
  const [asked, setAsked] = useState<DeadLetterQueue>();
  const [told, setTold] = useState("");

  async function redrive(queue: string) {
    const { moved } = await operate("redrive", { queue });
    setTold(`${formatCount(moved, "message")} of ${queue} delivered again`);
    refresh();
  }

  if (!answer) return error ? <Failure error={error} onRetry={refresh} /> : <Loading />;
  if (answer.queues.length === 0) return <Empty title="There are no queues of dead letters" />;
  return (
    <>
      <ul className={classes.queues}>
        {answer.queues.map((queue) => (
          <li key={queue.name} className={classes.queue}>
            <Status status={queue.messages ? "failed" : "ok"} />
            <span className={classes.name}>{queue.name}</span>
            <span className={classes.count}>
              {formatNumber(queue.messages)}
              {queue.messages > 0 &&
                typeof queue.oldestSeconds === "number" &&
                `, oldest ${formatSpan(queue.oldestSeconds)}`}
            </span>
            <Button
              variant="default"
              disabled={queue.messages === 0}
              aria-label={`Redrive ${queue.name}`}
              onClick={() => setAsked(queue)}
            >
              Redrive
            </Button>
          </li>
        ))}
      </ul>
      <p className={classes.told} role="status">
        {told}
      </p>
      <Confirm
        isOpen={asked !== undefined}
        title="Deliver them again?"
        verb="Redrive"
        isLoss={false}
        onClose={() => setAsked(undefined)}
        onConfirm={async () => asked && redrive(asked.name)}
      >
        {formatCount(asked?.messages ?? 0, "message")} of <code>{asked?.name}</code> will be handled again.
      </Confirm>
    </>
  );
}
