"""A desk that is killed in the middle of saving: what it has acknowledged is in the file, and the file is whole."""

from __future__ import annotations

import os
import signal
import threading

import httpx
import pytest

from grader.kinds.written.marks import load_marks

from .desk_class import FORM, ServedDesk, form_fields


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="a process is killed by a signal")
def test_what_was_acknowledged_before_a_kill_is_kept(desk_class):
    served = ServedDesk(desk_class, "--reader", "N. Neumann")
    acknowledged, enough = [], threading.Event()

    def mark_on_and_on() -> None:
        headers = {**FORM, "Origin": served.origin, "Accept": "application/json"}
        with httpx.Client(base_url=served.origin, timeout=60) as client:
            listed = client.get(f"{served.path}questions/0?show=all").text
            address = listed.split('<ul class="answers">')[1].split('href="')[1].split('"')[0]
            try:
                for i in range(10_000):
                    fields = {**form_fields(client.get(address).text), "met": str(i % 3), "note": f"note {i}"}
                    if client.post(address, data=fields, headers=headers).status_code == 200:
                        acknowledged.append(i)
                    if len(acknowledged) == 6:
                        enough.set()
            except httpx.TransportError:  # the desk is gone
                enough.set()

    reader = threading.Thread(target=mark_on_and_on)
    reader.start()
    assert enough.wait(120)
    served.end(signal.SIGKILL)
    reader.join(60)
    assert len(acknowledged) >= 6
    (note,) = {mark.note for mark in load_marks(desk_class.marks).values()}
    assert note in (f"note {acknowledged[-1]}", f"note {acknowledged[-1] + 1}")  # the last may not have been answered
