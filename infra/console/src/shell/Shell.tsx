import { lazy, Suspense, useContext, useState } from "react";
import { useDescription } from "../api";
import { TablesView } from "../data/TablesView";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Loading } from "../parts/Loading";
import { go, href, useRoute, type View } from "../route";
import { DescriptionContext } from "./description";
import { Help } from "./Help";
import { Navigation } from "./Navigation";
import classes from "./Shell.module.css";
import { useSchemeSwitch } from "./useSchemeSwitch";
import { useShellKeys } from "./useShellKeys";

const LATER = {
  functions: lazy(() => import("../functions/FunctionsView")),
  logs: lazy(() => import("../logs/LogsView")),
  live: lazy(() => import("../live/LiveView")),
  jobs: lazy(() => import("../jobs/JobsView")),
  health: lazy(() => import("../health/HealthView")),
};

/** The frame around all views: navigation, shortcuts, help. */
export function Shell({ onSignOut }: { onSignOut: (refusal?: string) => void }) {
  return (
    <ErrorBoundary onSignOut={() => onSignOut()}>
      <Frame onSignOut={onSignOut} />
    </ErrorBoundary>
  );
}

function Frame({ onSignOut }: { onSignOut: (refusal?: string) => void }) {
  const description = useDescription() ?? null;
  const route = useRoute();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const scheme = useSchemeSwitch();
  useShellKeys((view) => go(href(view)), { "?": () => setHelpOpen(true), T: scheme.next, "/": focusSearch });

  return (
    <DescriptionContext value={description}>
      <div className={classes.shell}>
        <button type="button" className={classes.skip} onClick={() => document.getElementById("main")?.focus()}>
          Skip to content
        </button>
        <Navigation view={route.view} scheme={scheme} onHelp={() => setHelpOpen(true)} onSignOut={() => onSignOut()} />
        <main id="main" className={classes.main} tabIndex={-1}>
          <ErrorBoundary key={route.view} onSignOut={() => onSignOut()}>
            <Suspense fallback={<Loading />}>
              <CurrentView view={route.view} />
            </Suspense>
          </ErrorBoundary>
        </main>
        <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      </div>
    </DescriptionContext>
  );
}

function CurrentView({ view }: { view: View }) {
  const description = useContext(DescriptionContext);
  if (view === "data") return <TablesView />;
  const Later = LATER[view];
  return description ? <Later /> : <Loading />;
}

function focusSearch() {
  document.querySelector<HTMLElement>("[data-search]")?.focus();
}
