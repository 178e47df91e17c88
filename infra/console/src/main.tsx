import "./library.css";
import "./styles.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Console } from "./Console";
import { findToken } from "./session";
import { theme, variables } from "./theme";

const { origin } = window.location;
const found = findToken(origin);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={variables}>
      <Console origin={origin} found={found} />
    </MantineProvider>
  </StrictMode>,
);
