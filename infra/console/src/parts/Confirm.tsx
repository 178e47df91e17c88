import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { messageOf } from "../errors";
import classes from "./Confirm.module.css";

interface ConfirmProps {
  isOpen: boolean;
  title: string;
  /** What the button says, such as "Delete". */
  verb: string;
  /** Whether something is lost by it. */
  isLoss?: boolean;
  children: ReactNode;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be undone, and stays open with the reason if it is refused. */
export function Confirm({ isOpen, title, verb, isLoss = true, children, onConfirm, onClose }: ConfirmProps) {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();

  function close() {
    setRefusal(undefined);
    onClose();
  }

  async function confirm() {
    setBusy(true);
    setRefusal(undefined);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setRefusal(messageOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={isOpen} onClose={close} title={title} size="sm">
      <div className={classes.text}>{children}</div>
      {refusal && (
        <p className={classes.refusal} role="alert">
          {refusal}
        </p>
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={close} data-autofocus>
          Keep
        </Button>
        <Button {...(isLoss && { color: "red" })} loading={isBusy} onClick={confirm}>
          {verb}
        </Button>
      </div>
    </Modal>
  );
}
