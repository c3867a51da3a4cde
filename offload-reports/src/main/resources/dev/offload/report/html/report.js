'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const run = JSON.parse(byId('data').textContent);

  // ---- The data, by name -------------------------------------------------------------------------------------------

  const VERDICTS = ['failed', 'not_run', 'flaky', 'skipped', 'passed'];
  const WORDS = {
    failed: 'failed', not_run: 'not run', flaky: 'flaky', skipped: 'skipped', passed: 'passed', errored: 'errored',
    timed_out: 'timed out', crashed: 'crashed', not_reported: 'not reported', lost: 'lost',
  };
  const GLYPHS = {failed: '✕', not_run: '○', flaky: '↻', skipped: '–', passed: '✓'};
  const FAILURES = new Set(['failed', 'errored', 'timed_out', 'crashed']);
  const COLOUR_OF = {passed: 'passed', skipped: 'skipped', lost: 'not_run', not_reported: 'not_run'};

  const tests = run.tests.map(([id, group, file, line, verdict, decided, reason, attempts, quarantine, past], place) => ({
    id, group: run.groups[group], file: run.files[file], line, verdict, decided, reason, quarantine, past, place, hay: '',
    attempts: attempts.map(([number, outcome, sandbox, batch, start, time, voided, message, text]) => ({
      number, outcome, sandbox, batch, start, time, voided, message, text, place,
    })),
  }));
  const sandboxes = run.sandboxes.map(([number, handle, starting, ready, ended, end, words]) => ({
    number, handle, starting, ready, ended, end, words, batches: [], attempts: [],
  }));
  const batches = run.batches.map(([number, sandbox, size, hedge, started, ended, cancelled, words]) => ({
    number, sandbox, size, hedge, started, ended, cancelled, words,
  }));
  const duration = run.run.duration;

  for (const test of tests) {
    test.deciding = deciding(test);
    test.time = test.deciding ? test.deciding.time : Math.max(0, ...test.attempts.map((a) => a.time));
  }

  /** The attempt that gave the verdict: the last one that agrees with it. */
  function deciding(test) {
    const agrees = {
      passed: (a) => a.outcome === 'passed', flaky: (a) => a.outcome === 'passed',
      failed: (a) => FAILURES.has(a.outcome) && !a.voided, skipped: (a) => a.outcome === 'skipped', not_run: () => false,
    }[test.verdict];
    return test.attempts.findLast(agrees);
  }

  const isFailure = (attempt) => FAILURES.has(attempt.outcome);

  /** The texts of an attempt: its failure, standard output and standard error. */
  function textsOf(attempt) {
    if (attempt.text < 0) {
      return ['', '', ''];
    }
    const block = run.texts.findLastIndex((first) => first <= attempt.text);
    const element = byId(`texts-${block}`);
    element.read ??= JSON.parse(element.textContent);
    return element.read[attempt.text - run.texts[block]];
  }

  // ---- Small things ------------------------------------------------------------------------------------------------

  /** Make an element; texts are set as texts, never as markup. */
  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith('on')) {
        element.addEventListener(name.slice(2), value);
      } else if (name === 'class') {
        element.className = value;
      } else if (value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? '' : value);
      }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
    return element;
  }

  const count = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

  function time(micros) {
    if (micros < 1000) {
      return micros === 0 ? '0 ms' : '<1 ms';
    }
    if (micros < 1e6) {
      return `${Math.round(micros / 1000)} ms`;
    }
    const seconds = micros / 1e6;
    if (seconds < 60) {
      return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
    }
    const whole = Math.round(seconds);
    const minutes = Math.floor(whole / 60);
    const rest = String(whole % 60).padStart(2, '0');
    return minutes < 60 ? `${minutes}m ${rest}s` : `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
  }

  const visible = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (c) => (c === '\n' ? '↵' : c === '\t' ? '→' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`));

  /** Split a test's name into its file and the rest. */
  function nameParts(test) {
    const {id, file} = test;
    // The name's file is relative to the framework's root folder, which may lie below the project's.
    const cut = id.indexOf('::');
    if (cut > 0 && `/${file}`.endsWith(`/${id.slice(0, cut)}`) && id.length > cut + 2) {
      return [visible(id.slice(0, cut)), visible(id.slice(cut + 2))];
    }
    return file && id.length > file.length && id.startsWith(file)
      ? [visible(file), visible(id.slice(file.length).replace(/^::/, ''))] : ['', visible(id)];
  }

  const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

  async function copy(text, button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      const area = make('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Not allowed here';
      area.remove();
    }
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  }

  /** Show a text as it would look in a terminal: colours, and no other control sequence. */
  function terminalText(text) {
    const out = document.createDocumentFragment();
    let style = '';
    // eslint-disable-next-line no-control-regex
    for (const part of text.replaceAll('\r\n', '\n').split(/(\x1b\[[\x20-\x3f]*[\x40-\x7e])/)) {
      if (part.startsWith('\x1b[')) {
        const codes = part.endsWith('m') ? part.slice(2, -1).split(';') : [];
        for (const code of codes) {
          const plain = Number(code) >= 90 ? String(Number(code) - 60) : code;
          style = plain === '' || plain === '0' ? '' : plain === '1' || /^3[0-7]$/.test(plain) ? `${style} a${plain}` : style;
        }
      } else if (part) {
        // eslint-disable-next-line no-control-regex
        const shown = part.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd');
        out.append(style ? make('span', {class: style.trim()}, shown) : shown);
      }
    }
    return out;
  }

  // ---- Where we are: the part of the address behind # ----------------------------------------------------------------

  const place = {view: 'tests', test: '', q: '', verdict: '', group: '', sort: 'worst'};
  const DEFAULTS = {...place};

  function readAddress() {
    Object.assign(place, DEFAULTS);
    for (const pair of location.hash.slice(1).split('&')) {
      const split = pair.indexOf('=');
      const name = pair.slice(0, split);
      if (split > 0 && Object.hasOwn(place, name)) {
        try {
          place[name] = decodeURIComponent(pair.slice(split + 1));
        } catch {
          // Half an escape: a link that was cut.
        }
      }
    }
    if (!['tests', 'timeline', 'run'].includes(place.view)) {
      place.view = 'tests';
    }
  }

  function address() {
    return '#' + Object.keys(place).filter((name) => place[name] !== DEFAULTS[name])
      .map((name) => `${name}=${encodeURIComponent(place[name])}`).join('&');
  }

  /** Change where we are. A new view or test can be gone back from; a filter replaces the one before. */
  function go(change) {
    const step = (change.view ?? place.view) !== place.view || (change.test ?? place.test) !== place.test;
    Object.assign(place, change);
    history[step ? 'pushState' : 'replaceState'](null, '', address());
    show();
  }

  // ---- Head --------------------------------------------------------------------------------------------------------

  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  tests.forEach((test) => counts[test.verdict]++);

  function drawHead() {
    const code = run.run.exitCode;
    const [word, colour] = !run.run.finished ? ['Cut off', 'not_run']
      : {0: ['Passed', 'passed'], 1: ['Failed', 'failed'], 2: ['Flaky', 'flaky'], 3: ['Not all run', 'not_run'], 4: ['No tests', 'skipped']}[code]
        ?? (code > 128 ? ['Interrupted', 'not_run'] : ['Did not run', 'failed']);
    const badge = byId('badge');
    badge.textContent = word;
    badge.classList.add(colour);
    const told = VERDICTS.filter((verdict) => counts[verdict] > 0)
      .map((verdict) => `${counts[verdict].toLocaleString('en')} ${WORDS[verdict]}`);
    byId('headline').textContent = told.join(', ') || 'no test was found';
    const facts = [
      `${time(duration)}`, count(sandboxes.filter((s) => s.ready !== null).length, 'sandbox', 'sandboxes'),
      [run.run.framework, run.run.provider].filter(Boolean).join(' on '), new Date(run.run.begin).toLocaleString(), run.run.id];
    byId('facts').textContent = facts.filter(Boolean).join('  ·  ');
    if (run.run.endReason) {
      byId('facts').append(make('b', {}, `  ·  ${run.run.endReason}`));
    }
    document.title = `${word}: ${told.slice(0, 2).join(', ')} – Offload`;
    const bar = byId('bar');
    bar.setAttribute('aria-label', `Verdicts: ${told.join(', ')}`);
    for (const verdict of VERDICTS.filter((v) => counts[v] > 0)) {
      const part = make('span', {class: `fill-${verdict}`});
      part.style.flexGrow = counts[verdict];
      bar.append(part);
    }
  }

  const THEMES = ['auto', 'light', 'dark'];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let theme = 'auto';

  function drawTheme() {
    const name = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
    document.documentElement.dataset.theme = name;
    byId('theme').textContent = {auto: 'Auto colours', light: 'Light colours', dark: 'Dark colours'}[theme];
    timeline.colours = null;
    timeline.draw();
  }

  function nextTheme() {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try {
      localStorage.setItem('offload-theme', theme);
    } catch {
      // Not kept: the browser does not want to.
    }
    drawTheme();
  }

  // ---- The list of tests -------------------------------------------------------------------------------------------

  const ROW = 30;
  const rows = byId('rows');
  const scroller = byId('scroller');
  let listed = [];
  let listKey = '';

  function hay(test) {
    test.hay ||= [test.id, test.reason, test.quarantine ? `quarantined ${test.quarantine}` : '', ...test.attempts.map((a) => a.message)].join('\n').toLowerCase();
    return test.hay;
  }

  function filterTests() {
    const words = place.q.toLowerCase().split(/\s+/).filter(Boolean);
    const must = words.filter((word) => !(word.startsWith('-') && word.length > 1));
    const not = words.filter((word) => !must.includes(word)).map((word) => word.slice(1));
    const verdicts = place.verdict ? place.verdict.split(',') : VERDICTS;
    const found = tests.filter((test) => verdicts.includes(test.verdict) && (!place.group || test.group === place.group)
      && must.every((word) => hay(test).includes(word)) && !not.some((word) => hay(test).includes(word)));
    const order = {
      worst: (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || a.place - b.place,
      slow: (a, b) => b.time - a.time || a.place - b.place,
      name: (a, b) => (a.id < b.id ? -1 : 1),
    }[place.sort];
    return order ? found.sort(order) : found;
  }

  function drawList() {
    const key = [place.q, place.verdict, place.group, place.sort].join('\u0000');
    if (key !== listKey) {
      listKey = key;
      listed = filterTests();
      scroller.scrollTop = 0;
    }
    rows.style.height = `${listed.length * ROW}px`;
    byId('shown').textContent = listed.length === tests.length ? count(tests.length, 'test')
      : `${listed.length.toLocaleString('en')} of ${count(tests.length, 'test')}`;
    scroller.hidden = listed.length === 0;
    byId('nothing').hidden = listed.length > 0;
    drawRows();
  }

  function drawRows() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - 8);
    const last = Math.min(listed.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW) + 8);
    const elements = [];
    let active = '';
    for (let i = first; i < last; i++) {
      const row = rowOf(listed[i], i);
      elements.push(row);
      if (listed[i].id === place.test) {
        active = row.id;
      }
    }
    rows.replaceChildren(...elements);
    if (active) {
      rows.setAttribute('aria-activedescendant', active);
    } else {
      rows.removeAttribute('aria-activedescendant');
    }
  }

  function rowOf(test, at) {
    const [file, name] = nameParts(test);
    const why = test.attempts.findLast((a) => a.message && a.outcome !== 'passed' && a.outcome !== 'lost')?.message || test.reason;
    const row = make('li', {
      'role': 'option', 'id': `row-${test.place}`, 'aria-selected': String(test.id === place.test),
      'aria-posinset': at + 1, 'aria-setsize': listed.length,
    },
    make('span', {class: `glyph ${test.verdict}`}, make('span', {class: 'spoken'}, `${WORDS[test.verdict]}: `),
      make('span', {'aria-hidden': 'true'}, GLYPHS[test.verdict])),
    make('span', {class: 'id'}, file ? make('span', {class: 'file'}, file) : '', file ? make('span', {class: 'muted'}, '\u2009›\u2009') : '',
      nameOf(name)),
    make('span', {class: 'why'}, test.verdict === 'passed' ? '' : visible(why.slice(0, 300))),
    make('span', {class: 'tries'}, test.quarantine ? make('span', {class: 'tag'}, 'quarantined') : '', test.attempts.length > 1 ? ` ×${test.attempts.length}` : ''),
    make('span', {class: 'time'}, test.attempts.length ? time(test.time) : ''));
    row.style.transform = `translateY(${at * ROW}px)`;
    row.title = visible(test.id);
    return row;
  }

  /** A name that is too long is cut in its middle: what tells tests apart is mostly at the end. */
  function nameOf(name) {
    const letters = [...name];
    return letters.length < 24 ? make('span', {class: 'name'}, name)
      : make('span', {class: 'name'}, make('span', {class: 'front'}, letters.slice(0, -16).join('')), make('span', {}, letters.slice(-16).join('')));
  }

  function reveal(at) {
    const top = at * ROW;
    if (top < scroller.scrollTop) {
      scroller.scrollTop = top;
    } else if (top + ROW > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + ROW - scroller.clientHeight;
    }
  }

  function listKeys(event) {
    const page = Math.max(1, Math.floor(scroller.clientHeight / ROW) - 1);
    const steps = {ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9};
    const at = listed.findIndex((test) => test.id === place.test);
    if (event.key === 'Enter' && at >= 0) {
      byId('detail').focus();
    } else if (Object.hasOwn(steps, event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const to = at < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, at + steps[event.key]));
      place.test = listed[to].id;
      history.replaceState(null, '', address());
      reveal(to);
      show();
    } else {
      return;
    }
    event.preventDefault();
  }

  function drawFilters() {
    byId('text').value = place.q;
    byId('group').value = place.group;
    byId('sort').value = place.sort;
    const chosen = place.verdict ? place.verdict.split(',') : [];
    for (const chip of byId('verdicts').children) {
      chip.setAttribute('aria-pressed', String(chosen.includes(chip.dataset.verdict)));
    }
  }

  function toggleVerdict(verdict) {
    const chosen = new Set(place.verdict ? place.verdict.split(',') : []);
    if (!chosen.delete(verdict)) {
      chosen.add(verdict);
    }
    go({verdict: VERDICTS.filter((v) => chosen.has(v)).join(',')});
  }

  function makeFilters() {
    for (const verdict of VERDICTS.filter((v) => counts[v] > 0)) {
      byId('verdicts').append(make('button', {'type': 'button', 'data-verdict': verdict, 'aria-pressed': 'false', 'onclick': () => toggleVerdict(verdict)},
        make('span', {'class': verdict, 'aria-hidden': 'true'}, GLYPHS[verdict]), WORDS[verdict], make('b', {}, counts[verdict].toLocaleString('en'))));
    }
    byId('group').append(make('option', {value: ''}, `All groups`), ...run.groups.map((group) => make('option', {value: group}, visible(group))));
    byId('group').hidden = run.groups.length < 2;
    byId('filters').addEventListener('submit', (event) => event.preventDefault());
    byId('text').addEventListener('input', () => go({q: byId('text').value}));
    byId('group').addEventListener('change', () => go({group: byId('group').value}));
    byId('sort').addEventListener('change', () => go({sort: byId('sort').value}));
    byId('clear').addEventListener('click', () => go({q: '', verdict: '', group: ''}));
    let waiting = false;
    scroller.addEventListener('scroll', () => {
      if (!waiting) {
        waiting = true;
        requestAnimationFrame(() => {
          waiting = false;
          drawRows();
        });
      }
    }, {passive: true});
    rows.addEventListener('keydown', listKeys);
    rows.addEventListener('click', (event) => {
      const row = event.target.closest('li');
      if (row) {
        go({test: tests[Number(row.id.slice(4))].id});
        if (narrow.matches) {
          byId('detail').focus();
        }
      }
    });
  }

  const narrow = matchMedia('(max-width: 860px)');

  // ---- One test ----------------------------------------------------------------------------------------------------

  let detailed = null;

  function drawDetail() {
    const test = place.test ? tests.find((t) => t.id === place.test) : undefined;
    byId('view-tests').classList.toggle('open', place.test !== '');
    if (detailed === place.test) {
      return;
    }
    detailed = place.test;
    const detail = byId('detail');
    detail.scrollTop = 0;
    if (place.test === '') {
      detail.replaceChildren();
      return;
    }
    const close = make('button', {'type': 'button', 'class': 'quiet', 'aria-label': 'Close', 'title': 'Esc', 'onclick': closeDetail}, '✕');
    if (!test) {
      detail.replaceChildren(make('div', {class: 'head'}, make('h2', {}, visible(place.test)), close),
        make('p', {class: 'line'}, 'This run has no test of that name.'));
      return;
    }
    const [file, name] = nameParts(test);
    const config = run.run.config && run.run.config !== 'offload.toml' ? ['-c', run.run.config] : [];
    const command = ['offload', 'run', ...config, ...(test.id.startsWith('-') ? ['--'] : []), test.id].map(shellWord).join(' ');
    detail.replaceChildren(
      make('div', {class: 'head'}, make('h2', {}, file ? make('span', {class: 'file'}, file) : '', name), close),
      make('p', {class: 'verdict'}, make('b', {class: test.verdict}, `${GLYPHS[test.verdict]} ${WORDS[test.verdict]}`),
        test.attempts.length ? ` in ${time(test.time)}` : '', test.reason ? `: ${visible(test.reason)}` : ''),
      make('p', {class: 'line'}, [test.group && `group ${visible(test.group)}`, test.file && visible(test.file) + (test.line ? `:${test.line}` : '')]
        .filter(Boolean).join('  ·  ')),
      test.quarantine ? make('p', {class: 'line'}, `Quarantined, so that it does not change the exit code: ${visible(test.quarantine)}`) : '',
      make('div', {class: 'repeat'}, make('code', {tabindex: '0', role: 'group', 'aria-label': 'The command that repeats it'}, visible(command)),
        make('button', {type: 'button', onclick: (event) => copy(command, event.target)}, 'Copy')),
      make('div', {class: 'acts'},
        make('button', {type: 'button', onclick: (event) => copy(location.href, event.target)}, 'Copy link'),
        test.attempts.some((a) => a.sandbox > 0) ? make('button', {type: 'button', onclick: () => timeline.showTest(test)}, 'Show in timeline') : ''),
      ...test.attempts.toReversed().map((attempt) => attemptOf(test, attempt)),
      test.past ? historyOf(test.past) : '');
  }

  /** Earlier attempts, oldest first: a bar each, as high as it took long; a failure's time is negative. */
  function historyOf(past) {
    const longest = Math.max(...past.map(Math.abs));
    const failed = past.filter((micros) => micros < 0).length;
    const usual = past.filter((micros) => micros > 0).toSorted((a, b) => a - b);
    const words = `${count(past.length, 'earlier attempt')}, ${failed === 0 ? 'none failed' : `${failed} failed`}`
      + (usual.length ? `; usually ${time(usual[Math.ceil(usual.length * 0.75) - 1])}` : '');
    const bars = make('div', {class: 'history', role: 'img', 'aria-label': words});
    for (const micros of past) {
      const bar = make('i', {class: micros < 0 ? 'fill-failed' : 'fill-passed', title: `${micros < 0 ? 'failed' : 'passed'} in ${time(Math.abs(micros))}`});
      bar.style.height = `${Math.max(8, Math.abs(micros) / longest * 100)}%`;
      bars.append(bar);
    }
    return make('section', {}, make('h3', {}, 'History'), make('p', {class: 'line'}, `${words}.`), bars);
  }

  function attemptOf(test, attempt) {
    const [details, stdout, stderr] = textsOf(attempt);
    const colour = COLOUR_OF[attempt.outcome] ?? 'failed';
    const where = attempt.sandbox > 0 ? ` in sb-${attempt.sandbox}, batch ${attempt.batch}` : ' while collecting';
    return make('section', {class: 'attempt'},
      make('header', {}, make('span', {}, make('b', {class: colour}, WORDS[attempt.outcome]), test.attempts.length > 1 ? ` · attempt ${attempt.number}` : ''),
        make('span', {class: 'muted'}, where), attempt.voided ? make('span', {class: 'muted'}, 'void: its sandbox was not trusted') : '',
        make('span', {class: 'when'}, `${time(attempt.time)}, at ${time(attempt.start)}`)),
      attempt.message && !details.includes(attempt.message) ? make('p', {class: 'message'}, visible(attempt.message)) : '',
      details ? make('pre', {'tabindex': '0', 'role': 'region', 'aria-label': `Failure of attempt ${attempt.number}`}, failureText(details)) : '',
      ...[['Standard output', stdout], ['Standard error', stderr]].filter(([, text]) => text).map(([title, text]) =>
        make('details', {open: !details}, make('summary', {}, `${title} · ${count(text.replace(/\n$/, '').split('\n').length, 'line')}`),
          make('pre', {'tabindex': '0', 'role': 'region', 'aria-label': `${title} of attempt ${attempt.number}`}, terminalText(text)))),
      filesOf(attempt.batch));
  }

  /** Links to the logs and artifacts of a batch: they lie beside this page. */
  function filesOf(batch) {
    const names = run.beside?.[batch];
    return !names ? '' : make('details', {class: 'files'}, make('summary', {}, `Files of batch ${batch} · ${names.length}`),
      make('ul', {}, ...names.map((name) => make('li', {},
        make('a', {href: name.split('/').map(encodeURIComponent).join('/'), target: '_blank', rel: 'noopener'}, visible(name))))));
  }

  /** Failure text, with the lines that pytest marks as the error coloured where nothing else is. */
  function failureText(text) {
    if (text.includes('\x1b[')) {
      return terminalText(text);
    }
    const out = document.createDocumentFragment();
    for (const line of text.split(/(?<=\n)/)) {
      const shown = terminalText(line);
      out.append(/^(E {2,}|E$)/.test(line) ? make('span', {class: 'e'}, shown) : shown);
    }
    return out;
  }

  function closeDetail() {
    go({test: ''});
    rows.focus();
  }

  // ---- Timeline ----------------------------------------------------------------------------------------------------

  const LANE = 18;
  const TOP = 44;
  const LEFT = 58;

  const timeline = {
    from: 0, to: 1, colours: null, hits: [], ready: false, chosen: null,

    prepare() {
      if (this.ready) {
        return;
      }
      this.ready = true;
      const lanes = new Map(sandboxes.map((sandbox) => [sandbox.number, sandbox]));
      for (const batch of batches) {
        lanes.get(batch.sandbox)?.batches.push(batch);
      }
      for (const test of tests) {
        for (const attempt of test.attempts) {
          lanes.get(attempt.sandbox)?.attempts.push(attempt);
        }
      }
      for (const [testPlace, number, sandbox, batch, start] of run.running) {
        lanes.get(sandbox)?.attempts.push({
          number, outcome: 'running', sandbox, batch, start, time: Math.max(0, duration - start), message: '', text: -1, place: testPlace,
        });
      }
      for (const sandbox of sandboxes) {
        sandbox.attempts.sort((a, b) => a.start - b.start);
      }
      this.end = Math.max(duration, 1, ...sandboxes.map((s) => s.ended ?? 0));
      this.to = this.end;
      byId('height').style.height = `${TOP + sandboxes.length * LANE + 10}px`;
    },

    palette() {
      if (!this.colours) {
        const style = getComputedStyle(document.documentElement);
        this.colours = Object.fromEntries(['panel', 'line', 'strong', 'text', 'muted', 'accent', 'failed', 'not_run', 'passed-fill', 'failed-fill',
          'lost-fill', 'other-fill', 'startup-fill', 'batch-fill', 'hedge-line', 'idle-line', 'phase-fill']
          .map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
      }
      return this.colours;
    },

    size() {
      const lanes = byId('lanes');
      const canvas = byId('canvas');
      const ratio = window.devicePixelRatio || 1;
      const width = lanes.clientWidth;
      const height = lanes.clientHeight;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.height = `${height}px`;
        byId('height').style.marginTop = `${-height}px`;
      }
      return [canvas, ratio, width, height];
    },

    x(at, width) {
      return LEFT + (at - this.from) / (this.to - this.from) * (width - LEFT - 12);
    },

    at(x, width) {
      return this.from + (x - LEFT) / (width - LEFT - 12) * (this.to - this.from);
    },

    draw() {
      if (place.view !== 'timeline' || !this.ready) {
        return;
      }
      const colours = this.palette();
      const [canvas, ratio, width, height] = this.size();
      const c = canvas.getContext('2d');
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.fillStyle = colours.panel;
      c.fillRect(0, 0, width, height);
      c.font = '11px system-ui, sans-serif';
      c.textBaseline = 'middle';
      this.hits = [];
      const scroll = byId('lanes').scrollTop;
      this.drawGrid(c, colours, width, height);
      c.save();
      c.beginPath();
      c.rect(0, TOP, width, height - TOP);
      c.clip();
      const first = Math.max(0, Math.floor(scroll / LANE));
      const last = Math.min(sandboxes.length, Math.ceil((scroll + height - TOP) / LANE) + 1);
      for (let i = first; i < last; i++) {
        this.drawLane(c, colours, sandboxes[i], TOP + i * LANE - scroll, width);
      }
      c.restore();
      byId('range').textContent = this.from === 0 && this.to === this.end ? '' : `${time(this.from)} to ${time(this.to)}`;
    },

    drawGrid(c, colours, width, height) {
      const span = this.to - this.from;
      const steps = [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1.5e7, 3e7, 6e7, 1.2e8, 3e8, 6e8, 1.8e9, 3.6e9, 7.2e9];
      const step = steps.find((s) => span / s <= width / 90) ?? 3.6e10;
      c.strokeStyle = colours.line;
      c.fillStyle = colours.muted;
      c.textAlign = 'center';
      for (let at = Math.ceil(this.from / step) * step; at <= this.to; at += step) {
        const x = Math.round(this.x(at, width)) + 0.5;
        c.beginPath();
        c.moveTo(x, 20);
        c.lineTo(x, height);
        c.stroke();
        c.fillText(at === 0 ? '0' : time(at), Math.max(x, LEFT - 8), 11);
      }
      c.textAlign = 'left';
      for (const [name, started, ended] of run.phases) {
        const from = Math.max(LEFT, this.x(started, width));
        const to = Math.min(width - 4, this.x(ended ?? duration, width));
        if (to > LEFT && from < width) {
          c.fillStyle = colours['phase-fill'];
          c.fillRect(from, 22, Math.max(2, to - from), 16);
          this.hits.push({x: from, w: Math.max(4, to - from), y: 22, h: 16, title: name, lines: [`${time((ended ?? duration) - started)}`]});
          if (to - from > c.measureText(name).width + 8) {
            c.fillStyle = colours.text;
            c.fillText(name, from + 4, 30.5);
          }
        }
      }
      c.strokeStyle = colours.strong;
      c.beginPath();
      c.moveTo(0, TOP - 0.5);
      c.lineTo(width, TOP - 0.5);
      c.stroke();
    },

    drawLane(c, colours, sandbox, y, width) {
      const end = sandbox.ended ?? duration;
      const clip = (from, to) => [Math.max(LEFT, this.x(from, width)), Math.min(width, this.x(to, width))];
      c.fillStyle = colours.muted;
      c.textAlign = 'right';
      c.fillText(`sb-${sandbox.number}`, LEFT - 8, y + LANE / 2);
      c.textAlign = 'left';
      const box = (from, to, top, high, colour, least) => {
        const [a, b] = clip(from, to);
        if (b < LEFT || a > width || b < a) {
          return null;
        }
        c.fillStyle = colour;
        c.fillRect(a, y + top, Math.max(least, b - a), high);
        return [a, Math.max(least, b - a)];
      };
      const hit = (bounds, title, lines, test) => bounds
        && this.hits.push({x: bounds[0], w: Math.max(3, bounds[1]), y: Math.max(y, TOP), h: LANE, title, lines, test});
      const alive = sandbox.ready ?? end;
      hit(box(sandbox.starting, alive, 4, 10, colours['startup-fill'], 1), `sb-${sandbox.number}: start-up`,
        [time(alive - sandbox.starting), sandbox.handle, sandbox.end === 'start_failed' ? `failed: ${sandbox.words}` : '']);
      if (sandbox.ready !== null) {
        hit(box(sandbox.ready, end, 8, 2, colours['idle-line'], 1), `sb-${sandbox.number}: idle`, [sandbox.handle]);
      }
      for (const batch of sandbox.batches) {
        const bounds = box(batch.started, batch.ended ?? duration, 2, 14, colours['batch-fill'], 1);
        hit(bounds, `batch ${batch.number}${batch.hedge ? ': a second copy' : ''}`,
          [`${count(batch.size, 'test')}, ${time((batch.ended ?? duration) - batch.started)}`, batch.words]);
        if (bounds && bounds[1] > 3) {
          c.strokeStyle = batch.hedge ? colours['hedge-line'] : colours.strong;
          c.setLineDash(batch.hedge ? [3, 2] : []);
          c.strokeRect(bounds[0] + 0.5, y + 2.5, bounds[1] - 1, 13);
          c.setLineDash([]);
        }
      }
      this.drawAttempts(c, colours, sandbox, y, width, box, hit);
      const mark = {lost: 'failed', condemned: 'not_run', start_failed: 'failed'}[sandbox.end];
      const x = this.x(end, width);
      if (mark && x >= LEFT && x <= width) {
        c.strokeStyle = colours[mark];
        c.lineWidth = 2;
        c.beginPath();
        c.moveTo(x - 4, y + 5);
        c.lineTo(x + 4, y + 13);
        c.moveTo(x + 4, y + 5);
        c.lineTo(x - 4, y + 13);
        c.stroke();
        c.lineWidth = 1;
        this.hits.push({x: x - 5, w: 10, y: Math.max(y, TOP), h: LANE, title: `sb-${sandbox.number}: ${endWords(sandbox)}`, lines: [`at ${time(end)}`]});
      }
    },

    drawAttempts(c, colours, sandbox, y, width, box, hit) {
      const fills = {passed: 'passed-fill', skipped: 'other-fill', lost: 'lost-fill', not_reported: 'lost-fill', running: 'phase-fill'};
      let drawn = -1;
      let drawnFill = '';
      for (const attempt of sandbox.attempts) {
        const fill = fills[attempt.outcome] ?? 'failed-fill';
        const x = this.x(attempt.start + attempt.time, width);
        // Thousands of tests can share a pixel: one of a kind is enough there, unless it is the chosen one.
        if (fill === drawnFill && x < drawn && attempt.place !== this.chosen) {
          continue;
        }
        const bounds = box(attempt.start, attempt.start + attempt.time, 4, 10, colours[fill], 1);
        if (!bounds) {
          continue;
        }
        const test = tests[attempt.place];
        drawn = Math.ceil(bounds[0] + bounds[1]);
        drawnFill = fill;
        hit(bounds, visible(test.id), [`${WORDS[attempt.outcome] ?? attempt.outcome} in ${time(attempt.time)}`
          + `${test.attempts.length > 1 ? `, attempt ${attempt.number} of ${test.attempts.length}` : ''}`, visible(attempt.message.slice(0, 200))], test);
        if (attempt.place === this.chosen) {
          c.strokeStyle = colours.text;
          c.strokeRect(Math.round(bounds[0]) - 1.5, y + 1.5, Math.round(bounds[1]) + 3, 15);
        } else if (bounds[1] > 6) {
          c.fillStyle = colours.panel;
          c.fillRect(bounds[0] + bounds[1] - 1, y + 4, 1, 10);
        }
        if (bounds[1] > 90) {
          c.save();
          c.beginPath();
          c.rect(bounds[0], y, bounds[1] - 4, LANE);
          c.clip();
          c.fillStyle = colours.text;
          c.fillText(nameParts(test)[1].replace(/^[^[]*::/, ''), bounds[0] + 5, y + LANE / 2 + 0.5);
          c.restore();
        }
      }
    },

    zoom(factor, around = (this.from + this.to) / 2) {
      const span = Math.min(this.end, Math.max(2000, (this.to - this.from) * factor));
      const share = (around - this.from) / (this.to - this.from);
      this.move(around - share * span, span);
    },

    move(from, span) {
      this.from = Math.max(0, Math.min(from, this.end - span));
      this.to = Math.min(this.end, this.from + span);
      this.draw();
    },

    showTest(test) {
      this.prepare();
      const attempt = test.deciding ?? test.attempts.findLast((a) => a.sandbox > 0);
      this.chosen = test.place;
      go({view: 'timeline'});
      const lane = sandboxes.findIndex((sandbox) => sandbox.number === attempt.sandbox);
      byId('lanes').scrollTop = Math.max(0, lane * LANE - byId('lanes').clientHeight / 2);
      const span = Math.min(this.end, Math.max(attempt.time * 12, this.end / 40, 20000));
      this.move(attempt.start + attempt.time / 2 - span / 2, span);
    },

    hit(x, y) {
      return this.hits.findLast((h) => x >= h.x && x <= h.x + h.w && y >= h.y && y <= h.y + h.h);
    },

    listen() {
      const lanes = byId('lanes');
      const canvas = byId('canvas');
      let drag = null;
      lanes.addEventListener('scroll', () => this.draw(), {passive: true});
      lanes.addEventListener('wheel', (event) => {
        const fits = lanes.scrollHeight <= lanes.clientHeight + 1;
        const across = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
        if (event.ctrlKey || event.metaKey || (fits && !event.shiftKey && Math.abs(event.deltaY) > Math.abs(event.deltaX))) {
          this.zoom(Math.exp(Math.sign(event.deltaY) * Math.min(0.5, Math.abs(event.deltaY) / 300)), this.at(event.offsetX, lanes.clientWidth));
        } else if (across !== 0 && Math.abs(across) >= Math.abs(event.shiftKey ? 0 : event.deltaY)) {
          this.move(this.from + across / lanes.clientWidth * (this.to - this.from), this.to - this.from);
        } else {
          return;
        }
        event.preventDefault();
      }, {passive: false});
      canvas.addEventListener('pointerdown', (event) => {
        drag = {x: event.clientX, from: this.from, moved: false};
        canvas.setPointerCapture(event.pointerId);
      });
      canvas.addEventListener('pointermove', (event) => {
        if (drag) {
          const by = event.clientX - drag.x;
          drag.moved ||= Math.abs(by) > 3;
          if (drag.moved) {
            canvas.classList.add('moving');
            this.move(drag.from - by / (lanes.clientWidth - LEFT - 12) * (this.to - this.from), this.to - this.from);
          }
          return;
        }
        this.tip(event);
      });
      const release = (event) => {
        canvas.classList.remove('moving');
        const found = drag && !drag.moved && event.type === 'pointerup' ? this.hit(event.offsetX, event.offsetY) : null;
        drag = null;
        if (found?.test) {
          byId('tip').hidden = true;
          go({view: 'tests', test: found.test.id});
          revealChosen();
        }
      };
      canvas.addEventListener('pointerup', release);
      canvas.addEventListener('pointercancel', release);
      canvas.addEventListener('pointerleave', () => {
        byId('tip').hidden = true;
      });
      canvas.addEventListener('dblclick', (event) => this.zoom(0.4, this.at(event.offsetX, lanes.clientWidth)));
      lanes.addEventListener('keydown', (event) => {
        const span = this.to - this.from;
        const act = {
          '+': () => this.zoom(0.6), '=': () => this.zoom(0.6), '-': () => this.zoom(1 / 0.6), '0': () => this.move(0, this.end),
          'ArrowLeft': () => this.move(this.from - span / 8, span), 'ArrowRight': () => this.move(this.from + span / 8, span),
        }[event.key];
        if (act && !event.ctrlKey && !event.metaKey) {
          act();
          event.preventDefault();
        }
      });
      byId('zoom-in').addEventListener('click', () => this.zoom(0.5));
      byId('zoom-out').addEventListener('click', () => this.zoom(2));
      byId('zoom-all').addEventListener('click', () => this.move(0, this.end));
      new ResizeObserver(() => this.draw()).observe(lanes);
    },

    tip(event) {
      const tip = byId('tip');
      const found = this.hit(event.offsetX, event.offsetY);
      byId('canvas').classList.toggle('over', Boolean(found?.test));
      tip.hidden = !found;
      if (found) {
        tip.replaceChildren(make('b', {}, found.title), ...found.lines.filter(Boolean).map((line) => make('span', {}, line)));
        const box = tip.getBoundingClientRect();
        tip.style.left = `${Math.max(6, Math.min(event.clientX + 14, innerWidth - box.width - 8))}px`;
        tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18}px`;
      }
    },
  };

  function endWords(sandbox) {
    return {
      open: run.run.finished ? 'not closed' : 'open when the journal ended', closed: 'closed', lost: `lost: ${sandbox.words}`,
      condemned: `replaced: ${sandbox.words}`, start_failed: `did not start: ${sandbox.words}`,
    }[sandbox.end];
  }

  // ---- The run as a whole ------------------------------------------------------------------------------------------

  let runDrawn = false;

  function drawRun() {
    if (runDrawn) {
      return;
    }
    runDrawn = true;
    timeline.prepare();
    const cards = [efficiencyCard(), incidentCard(), notesCard('Not done', run.degraded), notesCard('Warnings', run.warnings), factsCard()];
    byId('view-run').replaceChildren(make('div', {class: 'cards'}, ...cards.filter(Boolean)), sandboxCard() ?? '');
  }

  /** The time in which at least one of the intervals runs. */
  function covered(intervals) {
    let total = 0;
    let end = -1;
    for (const [from, to] of intervals.toSorted((a, b) => a[0] - b[0])) {
      if (to > end) {
        total += to - Math.max(from, end);
        end = to;
      }
    }
    return total;
  }

  const SANDBOX_TIME = {
    tests: 'Tests whose result counted', retries: 'Attempts that failed and were followed by another', losses: 'Attempts that were lost or judged again',
    overhead: 'In batches, beside their tests', idle: 'Without a batch',
  };
  const WALL_TIME = {
    discovery: 'Until the first sandbox was started', startUp: 'Until the first batch', running: 'Until the last verdict', end: 'Until the end',
  };

  function efficiencyCard() {
    const {bound, longest, ...spent} = run.efficiency;
    const lead = bound > 0
      ? `The run took ${time(duration)}; ${time(bound)} is the shortest possible time with ${count(spent.sandboxes, 'sandbox', 'sandboxes')}`
        + `${longest === undefined ? '' : ', the length of its longest test'}: ${(duration / bound).toFixed(2)} times that.`
      : `The run took ${time(duration)}.`;
    return make('section', {class: 'card'}, make('h2', {}, 'Efficiency'), make('p', {class: 'lead'}, lead),
      longest >= 0 ? make('p', {class: 'lead'}, 'Longest test: ', testLink(tests[longest])) : '',
      shares('Time of the run', WALL_TIME, spent), shares('Time of the sandboxes until the last verdict', SANDBOX_TIME, spent),
      spent.copies > 0 ? make('p', {class: 'muted'}, `${time(spent.copies)} of it went into second copies, of late tests or to try a doubted sandbox.`) : '');
  }

  /** A bar and a table of times that together are one whole. */
  function shares(title, names, spent) {
    const parts = Object.keys(names);
    const sum = parts.reduce((all, name) => all + spent[name], 0);
    if (sum === 0) {
      return '';
    }
    const split = make('div', {class: 'split', role: 'img', 'aria-label': `${title}, in shares; the table has the figures`});
    for (const name of parts.filter((n) => spent[n] > 0)) {
      const part = make('span', {class: `use-${name}`});
      part.style.flexGrow = spent[name];
      split.append(part);
    }
    return make('div', {class: 'shares'}, split, make('table', {}, make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, title),
      make('th', {scope: 'col', class: 'n'}, 'Time'), make('th', {scope: 'col', class: 'n'}, 'Share'))),
    make('tbody', {}, ...parts.map((name) => make('tr', {},
      make('td', {}, make('i', {class: `key use-${name}`}), names[name]), make('td', {class: 'n'}, time(spent[name])),
      make('td', {class: 'n'}, `${(spent[name] / sum * 100).toFixed(1)} %`))))));
  }

  function incidentCard() {
    if (run.incidents.length === 0) {
      return make('section', {class: 'card'}, make('h2', {}, 'Incidents'), make('p', {class: 'muted'}, 'Nothing happened to any sandbox.'));
    }
    return make('section', {class: 'card'}, make('h2', {}, 'Incidents'), make('ul', {}, ...run.incidents.map(incidentOf)));
  }

  function incidentOf([kind, cause, names, places]) {
    const shown = names.slice(0, 6).map((n) => `sb-${n}`).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');
    const what = {lost: 'lost', condemned: 'not trusted any more', start_failed: 'could not be started'}[kind];
    const parts = [`${names.length === 1 ? 'Sandbox' : count(names.length, 'sandbox', 'sandboxes') + ':'} ${shown} ${what}: ${visible(cause)}`];
    const ends = VERDICTS.map((verdict) => [verdict, places.filter((p) => tests[p].verdict === verdict).length]).filter(([, n]) => n > 0);
    const all = ends.length === 1 ? `all ${WORDS[ends[0][0]]}` : ends.map(([verdict, n]) => `${n} ${WORDS[verdict]}`).join(', ');
    return make('li', {}, parts[0], places.length === 0 ? make('div', {class: 'muted'}, 'No test was running there.')
      : make('div', {class: 'muted'}, `${count(places.length, 'test')} ${kind === 'condemned' ? 'judged again' : 'run again'} elsewhere: ${all}. `,
        make('details', {}, make('summary', {}, 'Which'), ...places.slice(0, 100).map((p) => make('div', {}, testLink(tests[p]))))));
  }

  function testLink(test) {
    return make('button', {class: 'link', type: 'button', onclick: () => openTest(test)}, visible(test.id));
  }

  function openTest(test) {
    go({view: 'tests', test: test.id});
    revealChosen();
  }

  function notesCard(title, notes) {
    return notes.length === 0 ? null
      : make('section', {class: 'card'}, make('h2', {}, title), make('ul', {}, ...notes.map((note) => make('li', {}, visible(note)))));
  }

  function factsCard() {
    const facts = [
      ['Run', run.run.id], ['Offload', run.run.version], ['Configuration', run.run.config], ['Provider', run.run.provider],
      ['Framework', run.run.framework], ['Sandboxes at most', run.run.maxParallel], ['Exit code', run.run.finished ? run.run.exitCode : 'none: cut off'],
      ...run.phases.map(([name, from, to]) => [name[0].toUpperCase() + name.slice(1), time((to ?? duration) - from)]),
    ];
    return make('section', {class: 'card'}, make('h2', {}, 'Facts'), make('table', {}, make('tbody', {},
      ...facts.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) =>
        make('tr', {}, make('th', {scope: 'row', class: 'muted'}, visible(name)), make('td', {}, visible(String(value))))))));
  }

  function sandboxCard() {
    if (sandboxes.length === 0) {
      return null;
    }
    const columns = ['Sandbox', 'Start-up', 'Lived', 'Batches', 'Tests', 'Busy', 'Ended'];
    return make('section', {class: 'card wide'}, make('h2', {}, 'Sandboxes'), make('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Sandboxes'},
      make('table', {}, make('thead', {}, make('tr', {}, ...columns.map((name, i) => make('th', {scope: 'col', class: i > 0 && i < 6 ? 'n' : ''}, name)))),
        make('tbody', {}, ...sandboxes.map((s) => {
          const end = s.ended ?? duration;
          const lived = s.ready === null ? 0 : end - s.ready;
          const busy = covered(s.batches.map((b) => [b.started, b.ended ?? end]));
          return make('tr', {}, make('th', {scope: 'row'}, `sb-${s.number} `, make('span', {class: 'muted'}, visible(s.handle))),
            ...[time((s.ready ?? end) - s.starting), time(lived), s.batches.length, s.attempts.length, lived ? `${Math.round(busy / lived * 100)} %` : '–']
              .map((value) => make('td', {class: 'n'}, String(value))),
            make('td', {class: {lost: 'failed', condemned: 'not_run', start_failed: 'failed'}[s.end] ?? ''}, visible(endWords(s))));
        })))));
  }

  // ---- Everything together -----------------------------------------------------------------------------------------

  function show() {
    for (const name of ['tests', 'timeline', 'run']) {
      byId(`view-${name}`).hidden = name !== place.view;
      byId(`tab-${name}`).setAttribute('aria-selected', String(name === place.view));
      byId(`tab-${name}`).tabIndex = name === place.view ? 0 : -1;
    }
    if (place.view === 'tests') {
      drawFilters();
      drawDetail();
      drawList();
    } else if (place.view === 'timeline') {
      timeline.prepare();
      timeline.draw();
    } else {
      drawRun();
    }
  }

  function revealChosen() {
    const at = listed.findIndex((test) => test.id === place.test);
    if (at >= 0) {
      scroller.scrollTop = Math.max(0, at * ROW - scroller.clientHeight / 3);
      drawRows();
    }
  }

  function tabKeys(event) {
    const names = ['tests', 'timeline', 'run'];
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (step) {
      const next = names[(names.indexOf(place.view) + step + names.length) % names.length];
      go({view: next});
      byId(`tab-${next}`).focus();
    }
  }

  function keys(event) {
    const typing = event.target.matches('input, select, textarea');
    if (event.key === '/' && !typing) {
      if (place.view !== 'tests') {
        go({view: 'tests'});
      }
      byId('text').focus();
      event.preventDefault();
    } else if (event.key === 'Escape' && place.view === 'tests' && place.test && !(typing && place.q)) {
      closeDetail();
    }
  }

  try {
    theme = THEMES.includes(localStorage.getItem('offload-theme')) ? localStorage.getItem('offload-theme') : 'auto';
  } catch {
    // Nothing is kept in this browser.
  }
  readAddress();
  makeFilters();
  drawHead();
  drawTheme();
  timeline.listen();
  for (const name of ['tests', 'timeline', 'run']) {
    byId(`tab-${name}`).addEventListener('click', () => go({view: name}));
    byId(`tab-${name}`).addEventListener('keydown', tabKeys);
  }
  byId('theme').addEventListener('click', nextTheme);
  dark.addEventListener('change', drawTheme);
  document.addEventListener('keydown', keys);
  new ResizeObserver(() => place.view === 'tests' && drawRows()).observe(scroller);
  addEventListener('popstate', () => {
    readAddress();
    show();
    revealChosen();
  });
  show();
  revealChosen();
})();
