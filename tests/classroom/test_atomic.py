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
@pytest.mark.parametrize("before", [None, b"old"])
def test_an_interrupt_at_any_step_leaves_the_old_file_or_the_new_one_and_nothing_else(tmp_path, before):
    """In a thread of its own: an exception that comes between two steps may stay the context of later ones there."""
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(interrupted_at_every_step, tmp_path, before).result() == {before, b"new"}


def interrupted_at_every_step(folder, before):
    """What is in the file after each of the interrupts, which leave nothing else."""
    path = folder / "grades.csv"
    traced = sys.gettrace()
    seen = set()
    for step in count(1):
        path.unlink(missing_ok=True)
        if before is not None:
            path.write_bytes(before)
        try:
            sys.settrace(InterruptAt(step))
            atomic.write_file(path, b"new")
        except KeyboardInterrupt:
            seen.add(path.read_bytes() if path.exists() else None)
            assert set(os.listdir(folder)) <= {"grades.csv"}, step
            continue
        finally:
            sys.settrace(traced)
        assert path.read_bytes() == b"new"
        return seen
    raise AssertionError("every step was interrupted")


def test_what_stands_is_told_by_its_bytes_and_never_through_a_link(tmp_path):
    (tmp_path / "same").write_bytes(b"data")
    (tmp_path / "other").write_bytes(b"Data")
    (tmp_path / "longer").write_bytes(b"data ")
    (tmp_path / "folder").mkdir()
    if os.name == "posix":
        (tmp_path / "link").symlink_to("same")
        os.mkfifo(tmp_path / "pipe")
    with atomic.opened_folder(tmp_path) as folder:
        there = [name for name in os.listdir(tmp_path) if atomic.stands_below(folder, tmp_path, name, b"data")]
        assert there == ["same"]
        assert not atomic.stands_below(folder, tmp_path, "missing", b"data")
        assert atomic.stands_below(folder, tmp_path, "other", b"Data")
        assert atomic.stands_below(None, tmp_path, "same", b"data")  # as where no file is named below a folder
