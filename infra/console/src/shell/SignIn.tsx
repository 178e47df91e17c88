import { Alert, Button, Code, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import classes from "./SignIn.module.css";
import { Star } from "./Star";

const PREFIX = "polaris-admin.";

interface SignInProps {
  refusal: string | undefined;
  onToken: (token: string) => void;
}

/** Asks for an administrator's token. */
export function SignIn({ refusal, onToken }: SignInProps) {
  const [token, setToken] = useState("");
  const [error, setError] = useState<string>();

  function submit(event: FormEvent) {
    event.preventDefault();
    const trimmed = token.trim();
    if (trimmed.startsWith(PREFIX)) onToken(trimmed);
    else setError(`An administrator's token begins with ${PREFIX}`);
  }

  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={submit}>
        <Star size={28} />
        <h1 className={classes.title}>Sign in to the Polaris console</h1>
        <p className={classes.text}>
          Run <Code>polaris console</Code>: it opens this page signed in. Or paste what{" "}
          <Code>polaris token --admin</Code> prints.
        </p>
        {refusal && (
          <Alert color="red" variant="light" p="xs">
            {refusal}
          </Alert>
        )}
        <PasswordInput
          label="Administrator's token"
          placeholder={`${PREFIX}…`}
          value={token}
          error={error}
          autoFocus
          autoComplete="off"
          onChange={(event) => {
            setToken(event.currentTarget.value);
            setError(undefined);
          }}
        />
        <Button type="submit" size="sm" disabled={!token.trim()}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
