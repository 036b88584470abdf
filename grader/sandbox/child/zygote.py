"""The zygote: a clean interpreter with the allowed packages loaded, which forks one confined child for each submission.

It holds no secret, runs no student code and stays single-threaded. It speaks with the grader over a socket of whole
messages: a request is JSON (a `Policy`) with the descriptors of `REQUEST_DESCRIPTORS`; the answer carries the child's
pidfd. When a child ends, its wait status and what it used go down the pipe that came with the request. It exits when
the socket closes or the grader dies.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence

from . import landlock, linux, probes, seccomp, syscalls
from .codec import Codec
from .confine import Policy, confine, drop_bounding_set, keep_descriptors
from .frames import PROGRAM_DESCRIPTOR, ClosedError, send
from .own_process import OwnProcess
from .packages import Preloaded, preload, wait_for_threads
from .program import Seeds
from .serve import serve
from .streams import open_standard_streams

MAX_REQUEST_BYTES = 4096
REQUEST_DESCRIPTORS = ("requests", "answers", "log", "program", "status")  # the descriptors that come with one
ENDING_FORMAT = "<iII"  # wait status, processor time in ms, largest resident memory in KiB
DESCRIPTORS_FORMAT = f"{len(REQUEST_DESCRIPTORS)}i"

Hooks = Sequence[Mapping[str, Callable[[], None]]]


def main(hooks: Hooks) -> None:
    """Settings: socket, grader, proc: descriptors; folders, listable, readable: paths; probe: a flag; see `preload`.

    `hooks`: what modules would have had registered for forks, which each child that may fork registers.
    """
    settings = json.load(sys.stdin)
    control = socket.socket(fileno=settings["socket"])
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    probed = probes.run(probes.ALL_PROBES, settings) if settings["probe"] else {}
    own = OwnProcess(settings["proc"])
    loaded = preload(settings, own)
    ruleset = landlock.ruleset(settings["listable"], settings["readable"]) if landlock.abi() else None
    wait_for_threads(own)
    if (here := syscalls.machine()) is not None:
        seccomp.program(here, os.getpid())  # what it needs is made once, for all children
    with contextlib.suppress(OSError):  # without CAP_SETPCAP there is nothing in the bounding set to fear
        drop_bounding_set()
    open_standard_streams()  # they go where descriptors 0, 1 and 2 lead, which each child turns for itself
    gc.collect()
    gc.freeze()
    if loaded.extra_bytes:
        own.use_large_pages()
    own.close()
    control.send(json.dumps({"probes": probed}).encode())
    ZygoteServer(control, settings["grader"], ruleset, loaded, hooks).run()


class ZygoteServer:
    def __init__(
        self, control: socket.socket, grader: int, ruleset: int | None, loaded: Preloaded, hooks: Hooks
    ) -> None:
        self.control = control
        self.grader = grader
        self.ruleset = ruleset
        self.hooks = hooks
        self.codec = Codec(loaded.numpy, sys.modules.get("torch"))
        self.seeds = Seeds(loaded.numpy)
        self.extra_bytes = loaded.extra_bytes  # of packages, which a program may have besides its own memory
        self.pid = os.getpid()
        self.null = os.open(os.devnull, os.O_RDONLY)
        self.children: dict[int, tuple[int, int]] = {}  # pidfd -> (pid, status pipe)
        self.poll = select.poll()

    def run(self) -> None:
        """Fork on request and report endings, until the grader is gone."""
        self.poll.register(self.control, select.POLLIN)
        self.poll.register(self.grader, select.POLLIN)
        while True:
            for descriptor, _event in self.poll.poll():
                if descriptor == self.grader:
                    return
                if descriptor in self.children:
                    self.reap(descriptor)
                elif not self.fork():
                    return

    def fork(self) -> bool:
        """Serve one request; False when the grader has closed its end."""
        message, ancillary, _flags, _address = self.control.recvmsg(
            MAX_REQUEST_BYTES, socket.CMSG_SPACE(4 * len(REQUEST_DESCRIPTORS))
        )
        if not message:
            return False
        *for_child, status = struct.unpack(DESCRIPTORS_FORMAT, b"".join(data for _level, _kind, data in ancillary))
        request = json.loads(message)
        ruleset = self.ruleset if request.pop("landlock") else None
        request["memory"] += self.extra_bytes
        inherited = None if ruleset is None else PROGRAM_DESCRIPTOR + 1
        policy = Policy(ruleset=inherited, parent=self.pid, **request)
        pid = os.fork()
        if pid == 0:
            self.become_child(policy, [*for_child, *([] if ruleset is None else [ruleset])])
        for descriptor in for_child:
            os.close(descriptor)
        pidfd = os.pidfd_open(pid)
        self.children[pidfd] = (pid, status)
        self.poll.register(pidfd, select.POLLIN)
        self.control.sendmsg([b"forked"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", pidfd))])
        return True

    def reap(self, pidfd: int) -> None:
        """Pass the wait status of a child that has ended on to the grader, and end what it may have left behind."""
        self.poll.unregister(pidfd)
        os.close(pidfd)
        pid, status_pipe = self.children.pop(pidfd)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # only where forking is not refused (no system call filter)
        _pid, status, used = os.wait4(pid, 0)
        cpu_ms = int(1000 * (used.ru_utime + used.ru_stime))
        with contextlib.suppress(BrokenPipeError):  # a child that was killed is not asked about
            os.write(status_pipe, struct.pack(ENDING_FORMAT, status, cpu_ms, used.ru_maxrss))
        os.close(status_pipe)

    def become_child(self, policy: Policy, descriptors: Sequence[int]) -> None:
        """Never returns; whatever goes wrong before the student's code runs is reported in the first frame."""
        code = 99
        try:
            requests, answers, log, *program_and_ruleset = descriptors
            os.setsid()
            keep_descriptors([self.null, log, log, requests, answers, *program_and_ruleset])
            os.chdir("/")
            try:
                confine(policy)
            except (OSError, ValueError) as error:
                send(json.dumps(["unconfined", str(error)]))
            else:
                for functions in () if policy.seccomp else self.hooks:
                    os.register_at_fork(**functions)
                serve(self.codec, self.seeds)
                code = 0
        except ClosedError:
            code = 0
        finally:
            os._exit(code)
