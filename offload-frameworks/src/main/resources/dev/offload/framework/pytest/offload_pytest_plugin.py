"""Speak for pytest to Offload: list the tests, or run exactly the requested ones and report each at once.

Works with Python 3.8 and later and pytest 7 to 9; imports the standard library and pytest only. What it says are frames
(docs/reference/streaming.md) on a private copy of standard output, taken before pytest begins to capture.

PYTEST_DONT_REWRITE: there is nothing to rewrite here.
"""

import fcntl
import json
import os
import select
import sys
import time
import traceback

import pytest

MARK = b"\x1e"
FRAME_BYTES = 4096  # PIPE_BUF: a write of at most this many bytes is never torn apart
TEXT_CHARS = 65536  # what is kept of either end of a long text
NAMES_PER_FRAME = 500


def _refuse_old_versions():
    """Say at once what is too old, in words that older versions of Python understand too."""
    version = pytest.__version__
    if int(version.split(".")[0]) < 7 or sys.version_info < (3, 8):
        found = "this is pytest %s on Python %s (%s)" % (version, sys.version.split()[0], sys.executable)
        message = "pytest 7 or newer on Python 3.8 or newer is needed, and %s: python -m pip install --upgrade pytest" % found
        frame = json.dumps({"broken": {"message": message, "details": ""}})
        os.write(1, MARK + (os.environ.get("OFFLOAD_SIGNAL_TOKEN", "") + " " + frame + "\n").encode())
        sys.exit(4)


_refuse_old_versions()


# ---- the channel ----

# What is used between tests, kept from before any test could replace it.
_dumps = json.dumps
_loads = json.loads
_getpid = os.getpid
_os_write = os.write


def _private_copy(fd):
    """Duplicate a descriptor to a high number, out of the way of tests, and keep it from child processes."""
    for lowest in (200, 20):
        try:
            return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, lowest)
        except OSError:
            continue
    return -1


class Channel:
    """Write frames. Only the process that made the channel speaks: a fork of it is silent."""

    def __init__(self, token, fd=1):
        self._fd = _private_copy(fd)
        self._pid = _getpid()
        self._head = MARK + token.encode() + b" "
        self._room = FRAME_BYTES - len(self._head) - 1

    def say(self, **signal):
        self.send([_dumps(signal, separators=(",", ":"))])

    def send(self, payloads):
        """Write the payloads in order; those that fit together leave in one write."""
        if self._fd < 0 or self.is_of_fork():
            return
        ready = b""
        for payload in payloads:
            for piece in self._pieces(payload.encode("utf-8", "replace")):
                if len(ready) + len(piece) > FRAME_BYTES:
                    self._write(ready)
                    ready = b""
                ready += piece
        if ready:
            self._write(ready)

    def is_of_fork(self):
        """Tell whether this is not the process that made the channel but a fork of it."""
        return _getpid() != self._pid

    def _pieces(self, payload):
        """Make one frame of a payload, or several, none of them longer than what one write keeps together."""
        if len(payload) <= self._room:
            return [self._head + payload + b"\n"]
        room = self._room - 1
        parts = [payload[at : at + room] for at in range(0, len(payload), room)]
        marks = [b"+"] * (len(parts) - 1) + [b"."]
        return [self._head + mark + part + b"\n" for mark, part in zip(marks, parts)]

    def _write(self, data):
        while data and self._fd >= 0:
            try:
                data = data[_os_write(self._fd, data) :]
            except BlockingIOError:
                select.select([], [self._fd], [])
            except OSError:
                self._fd = -1


# ---- texts ----


def _shortened(text):
    if len(text) <= 2 * TEXT_CHARS:
        return text
    left_out = len(text) - 2 * TEXT_CHARS
    return "%s\n... %d characters left out ...\n%s" % (text[:TEXT_CHARS], left_out, text[-TEXT_CHARS:])


def _one_line(text):
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 500 else line[:499] + "\u2026"


def _text_of(report):
    try:
        return report.longreprtext
    except Exception as problem:
        return "(the text of this failure could not be made: %r)" % (problem,)


def _names_a_cause(line):
    word = line.split(":")[0].split(" ")[0]
    return word.replace(".", "").replace("_", "").isalnum() and word[:1].isalpha() and (":" in line or " " not in line)


def _cause(report, text):
    """Return the one line that names the cause of a failed report."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return _one_line(str(crash.message))
    lines = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    named = [line for line in lines if _names_a_cause(line)]
    if named or lines:
        return _one_line((named or lines)[-1])
    first = getattr(report.longrepr, "errorstring", None) or text
    return _one_line(str(first)) if "\n" not in text.strip() else _one_line(text.strip().splitlines()[-1])


def _skip_reason(report):
    """Return the reason of a skip in one line, and the same with its place."""
    if isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        if reason.startswith("Skipped: "):
            reason = reason[len("Skipped: ") :]
        elif reason == "Skipped":
            reason = "skipped"
        return _one_line(reason), "%s:%s: %s" % (_relative(str(path)), line, reason)
    text = _text_of(report)
    return _one_line(text), text


def _exception_text(excinfo):
    return "".join(traceback.format_exception(*excinfo))


def _exception_line(excinfo):
    return _one_line("%s: %s" % (excinfo[0].__name__, excinfo[1]))


def _stop_reason(value):
    if isinstance(value, pytest.exit.Exception):
        return _one_line("pytest.exit: %s" % (value,))
    return "KeyboardInterrupt: %s" % (value,) if str(value) else "KeyboardInterrupt"


def _fail(outcome, problem):
    """Let a hook fail, from within a wrapper of it."""
    if hasattr(outcome, "force_exception"):
        outcome.force_exception(problem)
    else:
        outcome._excinfo = (type(problem), problem, problem.__traceback__)


# ---- places ----

_invocation_folder = os.getcwd()
_relative_paths = {}


def _relative(path):
    """Return a path relative to the folder in which pytest was started."""
    known = _relative_paths.get(path)
    if known is None:
        known = _relative_paths[path] = os.path.relpath(path, _invocation_folder)
    return known


def _file_of(nodeid, config):
    name = nodeid.split("::")[0]
    return _relative(os.path.join(str(config.rootpath), name)) if name else ""


def _path_of(item):
    return _relative(str(item.path))


def _ancestors(path):
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        yield path


def _outermost(folders):
    """Leave out the folders that lie within another."""
    found = {os.path.abspath(folder): folder for folder in folders}
    return sorted(folder for path, folder in found.items() if not any(outer in found for outer in _ancestors(path)))


def _without_syntax(path):
    """Go up to a folder whose name pytest does not take for a test's."""
    while "[" in path or "::" in path:
        path = os.path.dirname(path) or "."
    return path


class Numbering:
    """Tell apart tests with the same node id, by counting; a file that is collected twice counts once."""

    def __init__(self):
        self._files = {}
        self._parent = self._file = None
        self._again = set()
        self._counts = {}
        self.repeated = 0

    def file_begins(self, collector):
        key = (type(collector), str(collector.path))
        self._files[key] = self._files.get(key, 0) + 1

    def collected(self, item):
        if item.parent is not self._parent:
            node = self._parent = item.parent
            while node is not None and not isinstance(node, pytest.File):
                node = node.parent
            self._file = (type(node), str(node.path)) if node is not None else None
        if self._files.get(self._file, 0) > 1:
            self._again.add(item)

    def number(self, item):
        """Return the occurrence of this item's node id, from 0; -1 for one that was collected before."""
        count = self._counts.get(item.nodeid, 0)
        if count and item in self._again:
            self.repeated += 1
            return -1
        self._counts[item.nodeid] = count + 1
        return count


# ---- what both modes share ----


def _set(options, **values):
    for name, value in values.items():
        if hasattr(options, name):
            setattr(options, name, value)


def _neutralise(options):
    """Undo what a project's addopts say about scheduling: Offload decides that."""
    _set(options, numprocesses=None, maxprocesses=None, dist="no", tx=[], distload=False, looponfail=False)
    _set(options, lf=False, failedfirst=False, newfirst=False, stepwise=False, stepwise_skip=False)
    _set(options, maxfail=0, usepdb=False, trace=False, collectonly=False, cov_fail_under=None)
    _set(options, randomly_reorganize=False, continue_on_collection_errors=True)
    if getattr(options, "tbstyle", "") == "no":
        options.tbstyle = "auto"  # it would leave a failure without its text


class Mode:
    """Take part in the session; the subclasses list or run."""

    def __init__(self, channel, plan):
        self.channel = channel
        self.plan = plan
        self.running = False
        self.numbering = Numbering()

    def options(self, options):
        _neutralise(options)

    def pytest_collectstart(self, collector):
        if isinstance(collector, pytest.File):
            self.numbering.file_begins(collector)

    def pytest_itemcollected(self, item):
        self.numbering.collected(item)

    def broken(self, message, details):
        """Say that nothing more can be expected of this process."""
        if self.running:
            self.channel.say(diagnosis=message + "\n" + _shortened(details))
        else:
            self.channel.say(broken={"message": message, "details": _shortened(details)})

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection(self):
        outcome = yield
        if outcome.excinfo is not None:
            self.collection_broke(outcome.excinfo)

    def collection_broke(self, excinfo):
        value = excinfo[1]
        if isinstance(value, pytest.UsageError):
            self.broken(_one_line(str(value)), "\n".join(str(part) for part in value.args))
        elif isinstance(value, pytest.exit.Exception):
            self.broken(_stop_reason(value), _exception_text(excinfo))
        elif isinstance(value, Exception):
            self.broken(_exception_line(excinfo), _exception_text(excinfo))

    def pytest_internalerror(self, excrepr, excinfo):
        message = "internal error of pytest: " + _one_line("%s: %s" % (excinfo.type.__name__, excinfo.value))
        self.broken(message, str(excrepr))

    def pytest_keyboard_interrupt(self, excinfo):
        self.broken(_stop_reason(excinfo.value), str(excinfo.getrepr(style="native")))

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config):
        # They remember the tests of the last run: wrong for a part of a suite, and slow for a long one.
        for name in ("lfplugin", "nfplugin"):
            if config.pluginmanager.has_plugin(name):
                config.pluginmanager.unregister(name=name)
        self._enable_faulthandler()

    @staticmethod
    def _enable_faulthandler():
        import faulthandler

        if not faulthandler.is_enabled() and _stderr >= 0:
            faulthandler.enable(file=_stderr)


# ---- discovery ----


class Discovery(Mode):
    """List the tests, run none."""

    def __init__(self, channel, plan):
        Mode.__init__(self, channel, plan)
        self._occurrences = {}
        self._selected = []
        self._selecting = False
        self._lines = {}
        self._warnings = 0

    def options(self, options):
        Mode.options(self, options)
        _set(options, collectonly=True, verbose=-2, no_cov=True)
        self._of_project = getattr(options, "keyword", ""), getattr(options, "markexpr", "")
        self._choose_group(options, 0)

    def _choose_group(self, options, number):
        """Let pytest select what a group asks for, or what the project's own options ask for."""
        keyword, mark = self._of_project
        group = self.plan["groups"][number]
        _set(options, keyword=group.get("keyword", keyword), markexpr=group.get("mark", mark))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session):
        config = session.config
        self.channel.say(
            suite={
                "rootdir": _relative(str(config.rootpath)),
                "ini": _relative(str(config.inipath)) if config.inipath else "",
                "arguments": self._arguments(config),
            }
        )

    @staticmethod
    def _arguments(config):
        """Return the paths that were named; they decide which conftest files are read first."""
        named = []
        for argument in config.known_args_namespace.file_or_dir or []:
            path = str(argument).split("::")[0]
            if os.path.isabs(path):
                path = _relative(path)
            if path not in named:
                named.append(path)
        if sum(map(len, named)) > 32768:
            folders = {os.path.dirname(path) or "." for path in named}
            named = sorted(folders) if sum(map(len, folders)) <= 32768 else []
        return named

    def pytest_collectreport(self, report):
        config = self.config
        if report.failed:
            text = _text_of(report)
            self.channel.say(
                error={
                    "name": report.nodeid if report.nodeid not in ("", ".") else "collection",
                    "file": _file_of(report.nodeid, config),
                    "message": _cause(report, text),
                    "details": _shortened(text),
                }
            )
        elif report.skipped:
            name = report.nodeid
            self.channel.say(file=_file_of(name, config), tests=[[name, 0, 0, 1]])

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config):
        self.config = config
        Mode.pytest_configure(self, config)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, session, config, items):
        if self._selecting:
            yield
            return
        numbering = self.numbering
        occurrences = self._occurrences
        collected = items[:]
        for item in items:
            occurrences[item] = numbering.number(item)
        outcome = yield
        if outcome.excinfo is not None:
            return
        self._selected.append(items[:])
        self._selecting = True
        for number in range(1, len(self.plan["groups"])):
            self._choose_group(config.option, number)
            chosen = collected[:]
            try:
                config.hook.pytest_collection_modifyitems(session=session, config=config, items=chosen)
            except Exception as problem:
                _fail(outcome, problem)
                return
            self._selected.append(chosen)
        for chosen in self._selected:
            for item in chosen:
                if item not in occurrences:
                    occurrences[item] = numbering.number(item)
        if numbering.repeated:
            text = "%d tests were collected twice, because their file is named twice; each runs once"
            self.channel.say(warning=text % numbering.repeated)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session):
        for number, items in enumerate(self._selected):
            self.channel.say(group=number)
            self._tell_all(session.items if len(self._selected) == 1 else items)

    def _tell_all(self, items):
        file, tests = None, []
        for item in items:
            occurrence = self._occurrences.get(item, 0)
            if occurrence < 0:
                continue
            path = _path_of(item)
            if path != file or len(tests) == NAMES_PER_FRAME:
                self._tell(file, tests)
                file, tests = path, []
            line = self._line(item)
            tests.append([item.nodeid, line, occurrence] if occurrence else [item.nodeid, line])
        self._tell(file, tests)

    def _tell(self, file, tests):
        if tests:
            self.channel.say(file=file, tests=tests)

    def _line(self, item):
        name = getattr(item, "originalname", None)
        key = (item.parent, name)
        if name is not None and key in self._lines:
            return self._lines[key]
        try:
            file, line, _ = item.location
        except Exception:
            line = None
        number = 0 if line is None or file != item.nodeid.split("::")[0] else line + 1
        self._lines[key] = number
        return number

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self):
        return True

    def pytest_warning_recorded(self, warning_message):
        kinds = (pytest.PytestCollectionWarning, pytest.PytestConfigWarning)
        if issubclass(warning_message.category, kinds) and self._warnings < 50:
            self._warnings += 1
            place = "%s:%s" % (_relative(warning_message.filename), warning_message.lineno)
            self.channel.say(warning="%s: %s" % (place, " ".join(str(warning_message.message).split())))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus):
        self.channel.say(end=int(exitstatus))


# ---- execution ----


class Stopped(Exception):
    """Stand for an attempt of a test to stop the whole session."""

    __module__ = "builtins"  # shown without our name


def _contained():
    """Make a hook wrapper that turns a test's attempt to stop the session into a failure of that test alone."""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def contain():
        outcome = yield
        excinfo = outcome.excinfo
        if excinfo is not None and isinstance(excinfo[1], (pytest.exit.Exception, KeyboardInterrupt)):
            problem = Stopped(_stop_reason(excinfo[1])).with_traceback(excinfo[2])
            _fail(outcome, problem)

    return staticmethod(contain)


class Result:
    """Sum up the reports of one test, or of all tests of a module."""

    def __init__(self):
        self.outcome = "passed"
        self.message = ""
        self.durations = [0.0, 0.0, 0.0]
        self._failures = 0
        self._texts = []
        self._streams = {"stdout": [], "stderr": [], "log": []}

    def add(self, reports):
        for report in reports:
            part = hasattr(report, "context")
            if not part and report.when in _PHASES:
                self.durations[_PHASES[report.when]] += report.duration
            if report.outcome == "failed":
                self._fail(report, part)
            elif report.outcome == "skipped" and not part:
                self._skip(report)
            elif hasattr(report, "wasxfail") and report.when == "call" and not self.message:
                self.message = _one_line("passed although a failure was expected: " + _xfail_reason(report))
            if part:
                self._collect(report.sections)
        if reports:
            self._collect(reports[-1].sections)

    def _fail(self, report, part):
        text = _text_of(report)
        cause = _cause(report, text)
        if part:
            name = _part_name(report)
            cause, text = "%s %s" % (name, cause), "%s\n%s" % (name, text)
        self.fail("failed" if report.when == "call" else "errored", cause, text)

    def fail(self, outcome, cause, text):
        if self._failures == 0:
            self.message, self._texts = cause, []
        if self.outcome != "failed":
            self.outcome = outcome
        self._failures += 1
        self._texts.append(text)

    def _skip(self, report):
        if self.outcome != "passed":
            return
        self.outcome = "skipped"
        if hasattr(report, "wasxfail"):
            reason = _xfail_reason(report)
            self.message = _one_line("expected failure: " + reason if reason else "expected failure")
            self._texts.append("" if reason.startswith("[NOTRUN]") else _text_of(report))
        else:
            self.message, text = _skip_reason(report)
            self._texts.append(text)

    def _collect(self, sections):
        for name, content in sections:
            words = name.split(" ")
            if content and len(words) >= 2 and words[0] == "Captured" and words[1] in self._streams:
                stream = self._streams[words[1]]
                if not stream or stream[-1] != content:
                    stream.append(content)

    def payload(self, index):
        phases = tuple(self.durations)
        text = '{"finished":%d,"outcome":"%s","duration":%.6f,"phases":[%.6f,%.6f,%.6f]' % (
            (index, self.outcome, sum(phases)) + phases
        )
        log = self._streams["log"]
        stderr = self._streams["stderr"] + (["--- captured log ---\n" + "\n".join(log)] if log else [])
        parts = (
            ("message", self.message),
            ("details", "\n\n".join(self._texts)),
            ("stdout", "".join(self._streams["stdout"])),
            ("stderr", "".join(stderr)),
        )
        for name, content in parts:
            if content:
                text += ',"%s":%s' % (name, _dumps(_shortened(content)))
        return text + "}"


def _part_name(report):
    """Name a sub-test."""
    words = ["[%s]" % report.context.msg] if report.context.msg is not None else []
    if report.context.kwargs:
        words.append("(%s)" % ", ".join("%s=%r" % pair for pair in report.context.kwargs.items()))
    return " ".join(words) or "(<subtest>)"


def _plain_pass(index, reports):
    """Write the signal of a test that passed in silence, the most frequent one, without ado; None for any other."""
    if len(reports) != 3:
        return None
    for report in reports:
        if report.outcome != "passed" or hasattr(report, "wasxfail") or hasattr(report, "context"):
            return None
    setup, call, teardown = reports
    if teardown.sections:
        return None
    phases = (setup.duration, call.duration, teardown.duration)
    text = '{"finished":%d,"outcome":"passed","duration":%.6f,"phases":[%.6f,%.6f,%.6f]}'
    return text % ((index, sum(phases)) + phases)


_PHASES = {"setup": 0, "call": 1, "teardown": 2}


def _xfail_reason(report):
    reason = report.wasxfail
    return reason[len("reason: ") :] if reason.startswith("reason: ") else reason


class Execution(Mode):
    """Run exactly the requested tests, in the requested order, and report each at once."""

    def __init__(self, channel, plan):
        Mode.__init__(self, channel, plan)
        self._collected = []
        self._found = {}
        self._collect_reports = []
        self._files = self._folders = frozenset()
        self.begin(plan)

    def begin(self, plan):
        """Begin a batch."""
        self.plan = plan
        self.running = False
        self._unreported = {index for index, _, _, _ in plan["tests"]}
        self._indices = {}
        self._remaining = {}
        self._pending = []
        self._reports = []
        self._current = None
        self._result = None

    def options(self, options):
        Mode.options(self, options)
        if self.plan["failFast"]:
            _set(options, maxfail=1)

    def arguments(self, config):
        config.args = self.paths([path for path in self.plan["files"] if os.path.exists(path)])

    def paths(self, files):
        """Name what to collect here, not on the command line, which is limited.

        Up to pytest 7 these are the files. Later ones read the whole folder again for each file that is named, so
        there it is the folders, and pytest_ignore_collect leaves out the other files.
        """
        paths = files
        if pytest.version_tuple >= (8,):
            self._files = {os.path.abspath(path) for path in files}
            self._folders = {folder for path in self._files for folder in _ancestors(path)}
            paths = _outermost({os.path.dirname(path) or "." for path in files})
        return [_without_syntax(path) for path in paths]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session):
        if self._files:
            is_initial = session.isinitpath
            session.isinitpath = lambda path, **options: str(path) in self._files or is_initial(path, **options)

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path):
        if not self._files:
            return None
        path = str(collection_path)
        return path not in self._files and path not in self._folders

    # -- selection --

    def pytest_collectreport(self, report):
        if not report.passed:
            self._collect_reports.append(report)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        collected = list(items)
        outcome = yield
        if outcome.excinfo is not None:
            return
        known = set(collected)
        left = items[:]
        collected += [item for item in left if item not in known]
        self._remember(collected)
        chosen = self.choose()
        wanted = set(chosen)
        items[:] = chosen
        deselected = [item for item in left if item not in wanted]
        if deselected:
            config.hook.pytest_deselected(items=deselected)

    def _remember(self, collected):
        for item in collected:
            occurrence = self.numbering.number(item)
            self._found[item.nodeid, occurrence] = item
            if occurrence >= 0:
                self._collected.append(item)

    def choose(self):
        """Return the items of the batch in its order."""
        tests = self.plan["tests"]
        modules = {name: [] for _, name, _, module in tests if module}
        if modules:
            for item in self._collected:
                for name in modules:
                    if item.nodeid.startswith(name + "::"):
                        modules[name].append(item)
        chosen, missing = [], []
        for index, name, occurrence, module in tests:
            item = self._found.get((name, occurrence))
            items = modules[name] if module else [] if item is None else [item]
            for item in items:
                self._indices[item] = index
            self._remaining[index] = len(items)
            chosen += items
            if not items:
                missing.append((index, name))
        self._explain_missing(missing, self._collected)
        return chosen

    def _explain_missing(self, missing, collected):
        vanished = []
        for index, name in missing:
            report = next((r for r in self._collect_reports if _belongs(name, r.nodeid)), None)
            if report is None:
                vanished.append(name)
                continue
            result = Result()
            if report.failed:
                text = _text_of(report)
                result.fail("errored", _cause(report, text), text)
            else:
                result.outcome = "skipped"
                result.message, text = _skip_reason(report)
                result._texts.append(text)
            self._unreported.discard(index)
            self.channel.send(['{"started":%d}' % index, result.payload(index)])
        for name in vanished[:5]:
            self.channel.say(diagnosis="%s was not collected here; %s" % (name, _near(name, collected)))
        if len(vanished) > 5:
            self.channel.say(diagnosis="%d more tests were not collected here" % (len(vanished) - 5))

    # -- running --

    pytest_runtest_setup = _contained()
    pytest_runtest_call = _contained()
    pytest_runtest_teardown = _contained()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        index = self._indices.get(item)
        if index is None:
            yield
            return
        self._reports = []
        if index != self._current:
            self._current, self._result = index, None
            self.running = True
            self._pending.append('{"started":%d}' % index)
            self._flush()
        outcome = yield
        self._remaining[index] -= 1
        if outcome.excinfo is not None:
            self._sum_up().fail("errored", _exception_line(outcome.excinfo), _exception_text(outcome.excinfo))
            self._remaining[index] = 0
        if self._remaining[index] == 0:
            self._unreported.discard(index)
            payload = _plain_pass(index, self._reports) if self._result is None else None
            self._pending.append(payload or self._sum_up().payload(index))
        elif self._reports:
            self._sum_up()
        if nextitem is None or isinstance(nextitem, Pause) or outcome.excinfo is not None:
            self._flush()

    def _sum_up(self):
        """Add what was reported to the result of the current test."""
        if self._result is None:
            self._result = Result()
        self._result.add(self._reports)
        self._reports = []
        return self._result

    def pytest_runtest_logreport(self, report):
        if report.when == "setup" and not hasattr(report, "context"):
            self._reports = []  # a plug-in runs the test again: the last time counts
        self._reports.append(report)

    def _flush(self):
        pending, self._pending = self._pending, []
        self.channel.send(pending)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        self._flush()
        stopped = session.shouldfail or session.shouldstop
        if stopped and self._unreported:
            self.channel.say(diagnosis="pytest stopped early: %s" % (stopped,))
        yield
        with open(_plan_path + ".ended", "w"):
            pass  # the script that starts us may go on to the next part of the batch


# ---- execution of many batches ----


class Orders:
    """Read the batches that are placed in a folder, one after the other; see WarmProtocol."""

    END = "\nend of order\n"
    STOP = "stop"

    def __init__(self, folder):
        self._folder = folder
        self.number = 0

    def next(self):
        """Wait for the next order; return its plan, or None when it is to end."""
        self.number += 1
        path = os.path.join(self._folder, "order-%d" % self.number)
        text = self._wait_for(path)
        batch, _, text = text[: -len(self.END)].partition("\n")
        if text == self.STOP:
            return None
        os.environ["OFFLOAD_BATCH_ID"] = batch
        return _loads(text)

    @classmethod
    def _wait_for(cls, path, open=open, unlink=os.unlink, clock=time.monotonic, sleep=time.sleep):
        """Return the text of a file once it is whole. What is used here is kept from before any test could replace it."""
        began = clock()
        while True:
            try:
                with open(path, encoding="ascii", errors="replace") as file:
                    text = file.read()
            except FileNotFoundError:
                text = ""
            if text.endswith(cls.END):
                unlink(path)
                return text
            waited = clock() - began
            sleep(0.001 if waited < 0.05 else 0.005 if waited < 2 else 0.02)


class Pause(pytest.Item):
    """Stand for the first test of the next batch: all but what belongs to the session is torn down before it."""

    def runtest(self):
        raise NotImplementedError


class WarmExecution(Execution):
    """Run batch after batch. A file is collected once; fixtures of the session live from the first batch to the end."""

    def __init__(self, channel, errors, orders):
        self._errors = errors
        self._orders = orders
        self._known_files = set()
        self._folder_failed = False
        Execution.__init__(self, channel, orders.next())

    def options(self, options):
        Mode.options(self, options)  # pytest's own way to stop at a failure could not be undone

    def arguments(self, config):
        config.args = self.paths(self._new_files())

    def _new_files(self):
        return [path for path in self.plan["files"] if path not in self._known_files and os.path.exists(path)]

    def pytest_collectreport(self, report):
        Execution.pytest_collectreport(self, report)
        self._folder_failed |= report.failed and not self._is_of_file(report)

    def _is_of_file(self, report):
        return os.path.isfile(_file_of(report.nodeid, self._config))

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config):
        self._config = config
        Execution.pytest_configure(self, config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        items, failed_before = session.items, 0
        self._note_collected(self._new_files())
        while True:
            self._run(session, items)
            if self._must_end() or self.channel.is_of_fork():
                return True  # orders are not for the fork of a test that came back from it
            self._answer(session, len(items), session.testsfailed - failed_before)
            plan = self._orders.next()
            if plan is None:
                self._tear_down(session)
                return True
            self.begin(plan)
            failed_before = session.testsfailed
            items = self._collect(session)

    def _note_collected(self, files):
        if not self._folder_failed:
            self._known_files.update(files)

    def _collect(self, session):
        """Return the items of the order that was read; collect what of its files was never asked for."""
        self._collect_reports = [report for report in self._collect_reports if self._is_of_file(report)]
        self._folder_failed = False
        files = self._new_files()
        if not files:
            session.items = self.choose()
            return session.items
        try:
            session.perform_collect(self.paths(files), genitems=True)
        except BaseException:
            self.collection_broke(sys.exc_info())
            raise
        self._note_collected(files)
        return session.items

    def _run(self, session, items):
        pause = Pause.from_parent(session, name="offload-pause")
        failed_before = session.testsfailed
        for position, item in enumerate(items):
            following = items[position + 1] if position + 1 < len(items) else pause
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
            if self.plan["failFast"] and session.testsfailed > failed_before:
                self._stop_early(session, pause)
                break
        self._flush()

    def _stop_early(self, session, pause):
        session._setupstate.teardown_exact(pause)
        if self._unreported:
            self.channel.say(diagnosis="pytest stopped early: stopping after 1 failures")

    @staticmethod
    def _must_end():
        """Tell whether the process has to end with its first batch: coverage is written at the end of a process."""
        coverage = sys.modules.get("coverage")
        current = getattr(getattr(coverage, "Coverage", None), "current", None)
        return current is not None and current() is not None

    def _answer(self, session, count, failed):
        self._finish_output(session.config)
        code = 1 if failed else 0 if count else 5
        done = ["@done %d %d %d" % (self._orders.number, code, _memory())]
        self.channel.send(done)
        self._errors.send(done)

    @staticmethod
    def _finish_output(config):
        """Let the log of the batch end as that of a process of its own: with its failures."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        try:
            if reporter is not None:
                reporter.ensure_newline()
                reporter.summary_errors()
                reporter.summary_failures()
                reporter.stats.clear()
                reporter.flush()
            sys.stdout.flush()
            sys.stderr.flush()
        except Exception:
            pass  # a test has closed a stream, or a plug-in is another reporter: the signals have all that counts

    def _tear_down(self, session):
        try:
            session._setupstate.teardown_exact(None)
        except BaseException:
            text = "what lives as long as the test process failed in its tear-down: %s"
            self.channel.send(["@note " + _one_line(text % _exception_line(sys.exc_info()))])


def _memory():
    """Return the MiB of memory that this process has, or 0 where that cannot be told."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, ValueError, IndexError):
        return 0


def _belongs(name, collector):
    return (
        collector in ("", ".")
        or name == collector
        or name.startswith(collector + "::")
        or name.startswith(collector.rstrip("/") + "/")
    )


def _near(name, collected):
    """Say which collected tests are named most alike."""
    file = name.split("::")[0]
    nearby = {item.nodeid for item in collected if item.nodeid.startswith(file + "::")}
    if not nearby:
        return "its file has no tests here" if os.path.exists(file) else "its file is not here"
    near = sorted(nearby, key=lambda other: (-len(os.path.commonprefix([name, other])), other))
    return "the nearest of its file are: " + ", ".join(near[:3])


# ---- the start: here, before pytest captures anything ----


def _read_plan():
    with open(_plan_path, encoding="ascii") as file:
        return json.load(file)


def _leave_no_trace():
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    rest = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry != folder]
    if any(rest):
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)
    else:
        os.environ.pop("PYTHONPATH", None)


_stderr = _private_copy(2)
_plan_path = os.environ.pop("OFFLOAD_PYTEST_PLAN")
_plan = _read_plan()
_token = os.environ.pop("OFFLOAD_SIGNAL_TOKEN", "")
if _plan["mode"] == "discover":
    _mode = Discovery(Channel(_token), _plan)
elif _plan["mode"] == "run":
    _mode = Execution(Channel(_token), _plan)
else:
    _mode = WarmExecution(Channel(_token), Channel(_token, 2), Orders(os.path.dirname(_plan_path)))
_leave_no_trace()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    _mode.options(early_config.known_args_namespace)
    outcome = yield
    if outcome.excinfo is not None:
        value = outcome.excinfo[1]
        message = _stop_reason(value) if isinstance(value, pytest.exit.Exception) else _one_line(str(value))
        _mode.broken(message, _exception_text(outcome.excinfo))
    early_config.pluginmanager.register(_mode, "offload-" + _plan["mode"])


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    _mode.options(config.option)
    if isinstance(_mode, Execution):
        _mode.arguments(config)
    yield
