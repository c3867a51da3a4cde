// Opens a page in a real Chromium with a new profile and no network. The tools' folder is named by BROWSER_TOOLS.
import {createRequire} from 'node:module';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const tools = process.env.BROWSER_TOOLS;
export const require = createRequire(join(tools, 'package.json'));
const {chromium} = require('playwright-core');

/** Call `use(page, problems)` with a page of its own; `problems` collects what the console and the network have to say. */
export async function inBrowser(use, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'offload-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: join(tools, 'chromium'),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    viewport: {width: 1280, height: 800},
    ...options,
  });
  const problems = [];
  try {
    const page = context.pages()[0];
    page.setDefaultTimeout(60000);
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`error: ${error.stack}`));
    page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) {
        problems.push(`request: ${request.url()}`);
      }
    });
    return await use(page, problems);
  } finally {
    await context.close();
    rmSync(profile, {recursive: true, force: true, maxRetries: 5});
  }
}
