"""Files are written whole or not at all, wherever Ctrl-C comes."""

import dis
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from grader import atomic

NO_SIGNALS_AT = {"NOP", "NOT_TAKEN"}
"""Steps that do nothing and look for no signal: Python 3.14 has some in a `try` that no handler of it covers."""


class InterruptAt:
    """Raises KeyboardInterrupt before the n-th step of the interpreter in `grader/atomic.py`, where signals come too."""

    def __init__(self, step):
        self.left = step

    def __call__(self, frame, event, _argument):
        if frame.f_code.co_filename != atomic.__file__:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and dis.opname[frame.f_code.co_code[frame.f_lasti]] not in NO_SIGNALS_AT:
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files that the interrupt left open
@pytest.mark.parametrize(("before", "keep_old"), [(None, False), (b"old", False), (None, True), (b"old", True)])
def test_an_interrupt_at_any_step_leaves_the_old_file_or_the_new_one_and_nothing_else(tmp_path, before, keep_old):
    """In a thread of its own: an exception that comes between two steps may stay the context of later ones there."""

    def write(path):
        if not keep_old:
            return atomic.write_file(path, b"new")
        with atomic.opened_folder(tmp_path) as folder:
            return atomic.write_below(folder, tmp_path, path.name, b"new", keep_old=True)

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(interrupted_at_every_step, tmp_path, before, write).result() == {before, b"new"}


def interrupted_at_every_step(folder, before, write):
    """What is in the file after each of the interrupts, which leave nothing else but a file that was kept, whole."""
    path = folder / "grades.csv"
    traced = sys.gettrace()
    seen = set()
    sys._getframe().f_trace_opcodes = True  # before tracing begins: else Python 3.12.1 gives no steps the first time
    for step in count(1):
        path.unlink(missing_ok=True)
        if before is not None:
            path.write_bytes(before)
        try:
            sys.settrace(InterruptAt(step))
            write(path)
        except KeyboardInterrupt:
            seen.add(path.read_bytes() if path.exists() else None)
            kept = kept_below(folder)
            assert set(os.listdir(folder)) <= {"grades.csv", *kept}, step
            assert kept == {} or (before, path.read_bytes()) == (b"old", b"new"), step
            continue
        finally:
            sys.settrace(traced)
        assert path.read_bytes() == b"new"
        return seen
    raise AssertionError("every step was interrupted")


def kept_below(folder):
    """The bytes of files that were kept, which are removed; none but the old file is."""
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if atomic.is_partial(path.name)}
    assert [*kept.values()] in ([], [b"old"])
    for name in kept:
        (folder / name).unlink()
    return kept


@pytest.mark.skipif(atomic._exchange_of_names() is None, reason="the system cannot exchange names")
def test_an_old_file_that_is_kept_is_the_same_for_who_has_it_open_and_the_new_one_stands(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    with path.open("rb") as reader, atomic.opened_folder(tmp_path) as folder:
        atomic.write_below(folder, tmp_path, path.name, b"new", keep_old=True)
        assert (reader.read(), path.read_bytes()) == (b"old", b"new")
        kept = [name for name in os.listdir(tmp_path) if atomic.is_partial(name)]
        assert [(tmp_path / name).stat().st_ino for name in kept] == [os.fstat(reader.fileno()).st_ino]


@pytest.mark.parametrize("exchange", [None, lambda *_: -1])
def test_where_names_cannot_be_exchanged_the_old_file_is_replaced(tmp_path, monkeypatch, exchange):
    monkeypatch.setattr(atomic, "_exchange_of_names", lambda: exchange)
    (tmp_path / "report.json").write_bytes(b"old")
    with atomic.opened_folder(tmp_path) as folder:
        atomic.write_below(folder, tmp_path, "report.json", b"new", keep_old=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"report.json": b"new"}


def test_what_stands_is_told_by_its_bytes_and_never_through_a_link(tmp_path):
    (tmp_path / "same").write_bytes(b"data")
    (tmp_path / "other").write_bytes(b"Data")
    (tmp_path / "longer").write_bytes(b"data ")
    (tmp_path / "folder").mkdir()
    nothing, others = {"missing", "folder"}, {"other", "longer"}
    if os.name == "posix":
        (tmp_path / "link").symlink_to("same")
        os.mkfifo(tmp_path / "pipe")
        nothing |= {"link", "pipe"}
    with atomic.opened_folder(tmp_path) as folder:
        names = {"same", *others, *nothing}
        found = {name: atomic.stands_below(folder, tmp_path, name, b"data") for name in names}
        assert found == {"same": True} | dict.fromkeys(others, False) | dict.fromkeys(nothing)
        assert atomic.stands_below(folder, tmp_path, "other", b"Data")
        assert atomic.stands_below(None, tmp_path, "same", b"data")  # as where no file is named below a folder
