import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Browsers fetch the fonts along with the page, so that its text is drawn once. */
function preloadedFonts(): Plugin {
  return {
    name: "preloaded-fonts",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((name) => name.endsWith(".woff2"))
          .map((name) => ({
            tag: "link",
            attrs: { rel: "preload", as: "font", type: "font/woff2", href: `./${name}`, crossorigin: "" },
            injectTo: "head",
          })),
    },
  };
}

export default defineConfig({
  // Served at `/` by the local cloud and at `/_console/` when deployed.
  base: "./",
  plugins: [react(), preloadedFonts()],
  build: { target: "es2023", chunkSizeWarningLimit: 700, assetsInlineLimit: 0 },
  server: { fs: { allow: ["../.."] } },
  test: { dir: "../../tests/console", globals: true },
});
