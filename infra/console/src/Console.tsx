import { useCallback, useEffect, useState } from "react";
import { Deployment } from "./Deployment";
import { forgetToken, keepToken } from "./session";
import { SignIn } from "./shell/SignIn";

type Session = { token: string } | { refusal?: string } | undefined;

interface ConsoleProps {
  origin: string;
  /** The token that there is without asking a person. */
  found: Promise<string | null>;
}

/** The console of the deployment at `origin`: asks for a token until there is one. */
export function Console({ origin, found }: ConsoleProps) {
  const [session, setSession] = useState<Session>();

  useEffect(() => {
    found.then((token) => setSession(token ? { token } : {}));
  }, [found]);

  const signOut = useCallback((refusal?: string) => {
    forgetToken();
    setSession(refusal ? { refusal } : {});
  }, []);

  function signIn(token: string) {
    keepToken(token);
    setSession({ token });
  }

  if (!session) return null;
  if (!("token" in session)) return <SignIn refusal={session.refusal} onToken={signIn} />;
  return <Deployment key={session.token} origin={origin} token={session.token} onSignOut={signOut} />;
}
