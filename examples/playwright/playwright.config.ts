import { defineConfig } from '@playwright/test';

// Without CHROME_PATH it is Playwright's own Chromium: npx playwright install chromium
const executablePath = process.env.CHROME_PATH;

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  use: { launchOptions: { ...(executablePath ? { executablePath } : {}), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] } },
});
