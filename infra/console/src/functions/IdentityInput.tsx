import { SegmentedControl, TextInput } from "@mantine/core";
import type { Identity } from "../contract";
import { DraftError } from "../draft";
import classes from "./IdentityInput.module.css";

export interface Who {
  kind: "nobody" | "subject" | "internal";
  subject: string;
  email: string;
}

const SUBJECT = "the subject";

const HINTS: Record<Who["kind"], string> = {
  nobody: "As a caller without a token.",
  subject: "As the signed-in user with this subject.",
  internal: "As the app's own servers: internal functions need no key here.",
};

/**
 * Return what the operation is told about whom to run as.
 *
 * @throws DraftError: a user without a subject is nobody.
 */
export function identityOf(who: Who): { identity?: Identity | null } {
  if (who.kind === "internal") return {};
  if (who.kind === "nobody") return { identity: null };
  if (!who.subject) throw new DraftError(SUBJECT, "Say whose subject, or run it as nobody");
  return { identity: { subject: who.subject, ...(who.email && { email: who.email }) } };
}

interface IdentityInputProps {
  who: Who;
  refusal: { field?: string; message: string } | undefined;
  onChange: (who: Who) => void;
}

/** Asks whom to run a function as. */
export function IdentityInput({ who, refusal, onChange }: IdentityInputProps) {
  return (
    <fieldset className={classes.identity}>
      <legend className={classes.legend}>Run as</legend>
      <SegmentedControl
        aria-label="Run as"
        value={who.kind}
        data={[
          { value: "nobody", label: "Nobody" },
          { value: "subject", label: "A user" },
          { value: "internal", label: "The app" },
        ]}
        onChange={(kind) => onChange({ ...who, kind: kind as Who["kind"] })}
      />
      {who.kind === "subject" && (
        <div className={classes.inputs}>
          <TextInput
            aria-label="Subject"
            placeholder="Subject, such as ada"
            value={who.subject}
            error={refusal?.field === SUBJECT ? refusal.message : undefined}
            onChange={(event) => onChange({ ...who, subject: event.currentTarget.value })}
          />
          <TextInput
            aria-label="Email"
            placeholder="Email, optional"
            value={who.email}
            onChange={(event) => onChange({ ...who, email: event.currentTarget.value })}
          />
        </div>
      )}
      <p className={classes.hint}>{HINTS[who.kind]}</p>
    </fieldset>
  );
}
