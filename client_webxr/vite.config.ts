// Built with relative addresses and names that carry a hash of the content, so that any server may serve `dist` from
// any place and cache it for good; nothing is inlined, since the page runs under `default-src 'self'`.
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  server: { fs: { allow: [".."] } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first that know light-dark()
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
});
