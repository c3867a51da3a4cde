// Uses report.html as its reader would: check-report.mjs FILE. The file is that of SyntheticRun with 10,000 tests, one of
// them renamed to something hostile. Prints one line for each thing that holds; fails at the first that does not.
import assert from 'node:assert/strict';
import {pathToFileURL} from 'node:url';
import {inBrowser, require} from './browser.mjs';

const file = pathToFileURL(process.argv[2]).href;
const hostile = '<img src=x onerror=alert(1)>.py::"\'</script><script>alert(2)</script>';
const axe = require.resolve('axe-core/axe.min.js');
const {readFileSync} = await import('node:fs');
const axeSource = readFileSync(axe, 'utf8');

const holds = (what) => console.log(`ok: ${what}`);

/** Run axe over the page; the protocol may do so in spite of the page's policy. */
async function accessible(page, view) {
  await page.evaluate(axeSource);
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
  const bad = violations.filter((violation) => ['serious', 'critical'].includes(violation.impact))
    .map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.map((node) => node.html).slice(0, 3).join(' | ')}`);
  assert.deepEqual(bad, [], `axe on ${view}`);
  holds(`axe finds nothing serious: ${view}`);
}

const shown = (page) => page.textContent('#shown');

async function everything(page, problems) {
  await page.goto(file);
  await page.waitForFunction(() => document.getElementById('shown').textContent !== '');
  assert.equal(await shown(page), '10,000 tests');
  assert.ok(await page.locator('.rows li').count() < 100, 'only the rows in sight are in the page');
  assert.match(await page.title(), /^Failed: \d+ failed/);
  holds('10,000 tests are loaded, and listed without an element for each');

  await page.fill('#text', 'test_77.py case-3');
  assert.equal(await shown(page), '1 of 10,000 tests');
  await page.fill('#text', '');
  await page.click('#verdicts [data-verdict=flaky]');
  assert.match(await shown(page), /^\d+ of 10,000 tests$/);
  assert.equal(await page.locator('.rows li .glyph:not(.flaky)').count(), 0);
  await page.selectOption('#group', 'slow');
  assert.match(page.url(), /verdict=flaky/);
  await page.fill('#text', 'nothing is named like this');
  assert.ok(await page.isVisible('#nothing'));
  await page.click('#clear');
  assert.equal(await shown(page), '10,000 tests');
  holds('text, verdict and group filter');

  await page.keyboard.press('Escape');
  await page.focus('#rows');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const first = await page.textContent('#detail h2');
  assert.match(await page.textContent('#detail'), /attempt 3/);
  assert.match(await page.textContent('#detail'), /Standard output/);
  await page.keyboard.press('End');
  assert.notEqual(await page.textContent('#detail h2'), first);
  assert.equal(await page.locator('.rows li[aria-selected=true]').count(), 1);
  await page.keyboard.press('Escape');
  assert.ok(!(await page.isVisible('#detail')));
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'text');
  holds('the keyboard is enough');

  await page.goto(`${file}#test=${encodeURIComponent(hostile)}`);
  await page.reload();
  assert.match(await page.textContent('#detail h2'), /<script>alert\(2\)<\/script>/);
  assert.match(await page.textContent('#detail pre'), /<\/script><script>alert\(3\)/);
  assert.equal(await page.locator('img').count(), 0);
  assert.match(await page.textContent('.repeat code'), /^offload run -c 'ci\/it'\\''s\.toml' '<img /);
  holds('a link opens its test, and hostile names and texts are only text');
  await accessible(page, 'tests');

  await page.click('text=Show in timeline');
  assert.match(await page.textContent('#range'), / to /);
  const before = await page.textContent('#range');
  await page.click('#zoom-in');
  const zoomed = await page.textContent('#range');
  assert.notEqual(zoomed, before);
  await page.focus('#lanes');
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await page.textContent('#range'), zoomed);
  await page.keyboard.press('0');
  assert.equal(await page.textContent('#range'), '');
  const box = await page.locator('#canvas').boundingBox();
  await page.keyboard.down('Control');
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => document.getElementById('range').textContent !== '');
  await page.keyboard.up('Control');
  const colours = await page.evaluate(() => {
    const canvas = document.getElementById('canvas');
    const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return new Set(pixels).size;
  });
  assert.ok(colours > 5, `the timeline is drawn in ${colours} colours`);
  holds('the timeline is drawn and zooms by button, key and wheel');
  await accessible(page, 'timeline');

  await page.click('#tab-run');
  assert.match(await page.textContent('#view-run'), /lost: out of memory, exit 137/);
  assert.match(await page.textContent('#view-run'), /Tests whose result counted/);
  for (const width of [1280, 1000, 380]) {
    await page.setViewportSize({width, height: 800});
    const wide = await page.evaluate(() => [...document.querySelectorAll('.card')].filter((card) => card.scrollWidth > card.clientWidth).length);
    assert.equal(wide, 0, `no card is wider than its place in ${width} pixels`);
  }
  await page.setViewportSize({width: 1280, height: 800});
  await accessible(page, 'run');
  await page.goBack();
  assert.ok(await page.isVisible('#view-timeline'));
  holds('the run view tells incidents and where the time went; one can go back');

  await page.click('#theme');
  await page.click('#theme');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.click('#tab-tests');
  await accessible(page, 'tests, dark');
  await page.click('#tab-run');
  await accessible(page, 'run, dark');

  await page.setViewportSize({width: 380, height: 700});
  await page.click('#tab-tests');
  assert.ok(await page.isVisible('#detail'));
  assert.ok(!(await page.isVisible('#rows')));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling');
  await accessible(page, 'tests, narrow');
  holds('it fits a phone');
  assert.deepEqual(problems, []);
  holds('no error, no dialog, no request');
}

await inBrowser(everything);
