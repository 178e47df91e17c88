import { ConvexProvider, ConvexReactClient } from "convex/react";
import { useEffect, useState } from "react";
import { callsAt } from "./call";
import { DoorContext } from "./door";
import { operationsAt } from "./operations";
import { findToken } from "./session";
import { Shell } from "./shell/Shell";

interface DeploymentProps {
  origin: string;
  token: string;
  onSignOut: (refusal?: string) => void;
}

/** Everything that a signed-in administrator sees. */
export function Deployment({ origin, token, onSignOut }: DeploymentProps) {
  // Its logger would complain that an administrator's token is no JWT.
  const [client] = useState(() => new ConvexReactClient(origin, { skipConvexDeploymentUrlCheck: true, logger: false }));
  const [door] = useState(() => ({ operate: operationsAt(origin, token), call: callsAt(origin, token) }));

  useEffect(() => {
    client.setAuth(
      ({ forceRefreshToken }) => (forceRefreshToken ? findToken(origin) : Promise.resolve(token)),
      (isAuthenticated) => {
        if (!isAuthenticated) onSignOut("The deployment does not take this token. It may have expired.");
      },
    );
  }, [client, origin, token, onSignOut]);

  return (
    <DoorContext value={door}>
      <ConvexProvider client={client}>
        <Shell onSignOut={onSignOut} />
      </ConvexProvider>
    </DoorContext>
  );
}
