// Loads a trace with Speedscope, as a person would: check-trace.mjs FILE ROW…. Fails unless Speedscope reads it and shows
// each of the rows, for example "sb-1 … tests".
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {inBrowser, require} from './browser.mjs';

const [, , file, ...rows] = process.argv;
const viewer = join(dirname(require.resolve('speedscope/package.json')), 'dist/release/index.html');
const folder = mkdtempSync(join(tmpdir(), 'offload-trace-'));
const script = join(folder, 'trace.js');
writeFileSync(script, `speedscope.loadFileFromBase64('trace.json', '${readFileSync(file).toString('base64')}')`);
try {
  await inBrowser(async (page) => {
    const log = [];
    page.on('console', (message) => log.push(message.text()));
    await page.goto(`${pathToFileURL(viewer).href}#localProfilePath=${script}`);
    await page.waitForFunction(() => /\(\d+\/\d+\)/.test(document.body.innerText) || /error/i.test(document.body.innerText));
    assert.ok(log.some((line) => line.includes('Importing as Trace Event Format')), log.join('\n'));
    await page.getByText(/\(\d+\/\d+\)/).click();
    for (const row of rows) {
      await page.getByText(new RegExp(row)).first().waitFor();
      console.log(`ok: ${row}`);
    }
  });
} finally {
  rmSync(folder, {recursive: true, force: true});
}
