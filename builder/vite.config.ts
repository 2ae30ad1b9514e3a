import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Stable names: the page's template names them, and the server's static files add the hashes. */
export default defineConfig({
  plugins: [react()],
  base: "./",
  publicDir: false,
  build: {
    outDir: "../static/builder",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    modulePreload: false,
    cssCodeSplit: false,
    rollupOptions: {
      input: "src/main.tsx",
      output: {
        entryFileNames: "builder.js",
        chunkFileNames: "[name].js",
        assetFileNames: "builder[extname]",
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
