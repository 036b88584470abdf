"""Reports that a run replaces: whoever reads meets a whole old one or a whole new one, and no old one is left behind."""

import errno
import os

import pytest

import grader.atomic
import grader.classroom.results_files

from .test_gradebook import edit, grade, own_course, views, whole_course

__all__ = ["grade", "own_course", "whole_course"]

needs_exchange = pytest.mark.skipif(grader.atomic._exchange_of_names() is None, reason="names cannot be exchanged")


@pytest.fixture
def edited(own_course, grade):
    """A class that was graded, and a spec that was edited since, so that each report is to be replaced."""
    grade("--no-pages")
    edit(own_course / "specs" / "assignment3" / "q5.yaml", "stays 0 ever after", "stays 0 from then on")


@pytest.fixture
def before_writing(monkeypatch):
    """Has a function called with the name of each file before that is written."""
    real = grader.classroom.results_files.write_below

    def watch(look):
        def watched(opened, folder, name, data, **options):
            look(name)
            return real(opened, folder, name, data, **options)

        monkeypatch.setattr("grader.classroom.results_files.write_below", watched)

    return watch


def kept_in(folder):
    return [path for path in folder.rglob("*") if grader.atomic.is_partial(path.name)]


@needs_exchange
def test_old_reports_are_kept_to_the_end_of_the_run_and_go_then(edited, grade, tmp_path, before_writing):
    old, kept = views(tmp_path / "out"), []
    before_writing(lambda _: kept.append(sorted(path.read_bytes() for path in kept_in(tmp_path / "out"))))
    grade("--no-pages")
    names = ["reports/alice.json", "reports/bob.json", "reports/carol.json"]
    assert kept == [sorted(old[name] for name in names[:count]) for count in range(3)]
    assert kept_in(tmp_path / "out") == []
    grade("--no-pages", out="whole")
    assert views(tmp_path / "out") == views(tmp_path / "whole") != old


def test_after_an_interruption_no_old_report_is_left(edited, grade, tmp_path, before_writing):
    def interrupt(name):
        if name == "carol.json":
            raise KeyboardInterrupt

    before_writing(interrupt)
    old = views(tmp_path / "out")
    grade("--no-pages", code=130)
    assert kept_in(tmp_path / "out") == []
    changed = [name for name, data in views(tmp_path / "out").items() if data != old[name]]
    assert changed == ["reports/alice.json", "reports/bob.json"]


@needs_exchange
def test_what_cannot_be_tidied_after_an_interruption_is_left_to_the_next_run(
    edited, grade, tmp_path, monkeypatch, before_writing
):
    def refused(*_, **_options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def interrupt(name):
        if name == "carol.json" and not kept:
            patch.setattr(os, "unlink", refused)
            raise KeyboardInterrupt

    kept = []
    with monkeypatch.context() as patch:
        before_writing(interrupt)
        grade("--no-pages", code=130)
    kept += kept_in(tmp_path / "out")
    assert len(kept) == 2
    grade("--no-pages")
    assert kept_in(tmp_path / "out") == []


@needs_exchange
def test_old_reports_make_room_on_a_full_disk(edited, grade, tmp_path, before_writing):
    """Nothing is held because of files that the run itself keeps."""
    full = []

    def look(name):
        if kept_in(tmp_path / "out"):
            full.append(name)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before_writing(look)
    grade("--no-pages")
    assert full == ["bob.json"]
    grade("--no-pages", out="whole")
    assert views(tmp_path / "out") == views(tmp_path / "whole")


def test_on_a_disk_that_stays_full_the_old_report_stands(edited, grade, tmp_path, before_writing):
    def look(name):
        if name == "bob.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before_writing(look)
    old = views(tmp_path / "out")["reports/bob.json"]
    result = grade("--no-pages", code=3)
    assert "bob.json: cannot be written: No space left on device" in result.err
    assert views(tmp_path / "out")["reports/bob.json"] == old
    assert kept_in(tmp_path / "out") == []
