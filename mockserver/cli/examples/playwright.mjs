// playwright.config.mjs: the mock runs beside your page, which may ask it from any origin
import { defineConfig } from "@playwright/test";

export default defineConfig({
  webServer: {
    command: "sdapi-mock --port 7860 --cors-allow-origins '*' --step-time 0.05",
    url: "http://127.0.0.1:7860/internal/ping",
    reuseExistingServer: !process.env.CI,
  },
});

// In a test, with Playwright's own `request`:
//   await request.post("http://127.0.0.1:7860/_mock/faults", { data: { fault: "oom", times: 1 } });
//   await page.getByRole("button", { name: "Generate" }).click();
//   await expect(page.getByText("out of memory")).toBeVisible();
