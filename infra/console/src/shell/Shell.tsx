import { useHotkeys } from "@mantine/hooks";
import { lazy, Suspense, useState } from "react";
import { useDescription } from "../api";
import { TablesView } from "../data/TablesView";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Loading } from "../parts/Loading";
import { go, href, useRoute, type View } from "../route";
import { DescriptionContext } from "./description";
import { Help } from "./Help";
import { Navigation } from "./Navigation";
import classes from "./Shell.module.css";
import { useGoKeys } from "./useGoKeys";
import { useSchemeSwitch } from "./useSchemeSwitch";

const LATER = {
  functions: lazy(() => import("../functions/FunctionsView")),
  logs: lazy(() => import("../logs/LogsView")),
  live: lazy(() => import("../live/LiveView")),
  jobs: lazy(() => import("../jobs/JobsView")),
  health: lazy(() => import("../health/HealthView")),
};

/** The frame around all views: navigation, shortcuts, help. */
export function Shell({ onSignOut }: { onSignOut: (refusal?: string) => void }) {
  const route = useRoute();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const scheme = useSchemeSwitch();
  useGoKeys((view) => go(href(view)));
  useHotkeys([
    ["shift+?", () => setHelpOpen(true)],
    ["shift+T", scheme.next],
    ["/", () => focusSearch()],
  ]);

  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <ErrorBoundary key="stage" fallback={null}>
        <Navigation view={route.view} scheme={scheme} onHelp={() => setHelpOpen(true)} onSignOut={() => onSignOut()} />
      </ErrorBoundary>
      <main id="main" className={classes.main} tabIndex={-1}>
        <ErrorBoundary key={route.view} onSignOut={() => onSignOut()}>
          <Suspense fallback={<Loading />}>
            <Described>
              <CurrentView view={route.view} />
            </Described>
          </Suspense>
        </ErrorBoundary>
      </main>
      <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function Described({ children }: { children: React.ReactNode }) {
  const description = useDescription();
  if (!description) return <Loading />;
  return <DescriptionContext value={description}>{children}</DescriptionContext>;
}

function CurrentView({ view }: { view: View }) {
  if (view === "data") return <TablesView />;
  const Later = LATER[view];
  return <Later />;
}

function focusSearch() {
  document.querySelector<HTMLElement>("[data-search]")?.focus();
}
