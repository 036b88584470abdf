"""The zygote: a clean interpreter with the allowed packages loaded, which forks one confined child for each submission.

It holds no secret, runs no student code and stays single-threaded. It speaks with the grader over a socket of whole
messages: a request is a user's number and JSON (a `Policy`), with descriptors; the answer carries the child's pidfd.
When a child ends, its wait status and what it used go down the pipe that came with the request. It exits when the
socket closes or the grader dies.

The descriptors of a request are those of a child from 1 on, for printing (twice), requests, answers and the program,
then the memory for unsent frames, which it maps and closes, and the pipe for its end. The system gives what
comes the lowest numbers that are free, so that they are where a child wants them: of its own the zygote has 0, which
reads nothing, and others from `FIRST_OWN_DESCRIPTOR` on.
"""

from __future__ import annotations

import contextlib
import gc
import json
import mmap
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence

from . import landlock, linux, probes
from .codec import Codec
from .confine import Confinement, Policy, drop_bounding_set, keep_descriptors
from .frames import OUTGOING, UNSENT_DESCRIPTOR, UNSENT_MEMORY_BYTES, ClosedError, send
from .own_process import OwnProcess
from .packages import Preloaded, preload, wait_for_threads
from .program import Seeds
from .serve import serve
from .streams import open_standard_streams
from .warm_up import fill_pools, warm_up

MAX_REQUEST_BYTES = 4096
USER_NUMBER = struct.Struct("=q")  # ahead of a request's JSON; negative: the child stays the user that it is
STATUS_DESCRIPTOR = UNSENT_DESCRIPTOR + 1
REQUEST_DESCRIPTORS = tuple(range(1, STATUS_DESCRIPTOR + 1))
FIRST_OWN_DESCRIPTOR = STATUS_DESCRIPTOR + 1
ENDING_FORMAT = struct.Struct("<iII")  # wait status, processor time in ms, largest resident memory in KiB
RIGHTS = struct.pack(f"{len(REQUEST_DESCRIPTORS)}i", *REQUEST_DESCRIPTORS)
RIGHTS_BYTES = socket.CMSG_SPACE(len(RIGHTS))
DESCRIPTORS_IN_PLACE = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, RIGHTS)]

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
    own.join_library_mappings()
    gc.collect()
    own.use_large_pages()
    own.close()
    with contextlib.suppress(OSError):  # without CAP_SETPCAP there is nothing in the bounding set to fear
        drop_bounding_set()
    open_standard_streams()  # they go where descriptors 0, 1 and 2 lead, which come with each request
    os.chdir("/")
    kept = [control.detach(), settings["grader"], *([] if ruleset is None else [ruleset])]
    null = os.open(os.devnull, os.O_RDONLY)
    keep_descriptors([null, 1, 2, *[null] * (FIRST_OWN_DESCRIPTOR - 3), *kept])
    server = ZygoteServer(landlock=ruleset is not None, loaded=loaded, hooks=hooks)
    warm_up(server.codec, server.seeds)
    server.fillers = fill_pools()
    gc.freeze()
    server.control.send(json.dumps({"probes": probed}).encode())
    os.closerange(1, FIRST_OWN_DESCRIPTOR)
    server.run()


class ZygoteServer:
    """Its own descriptors: the socket, the grader, and a Landlock ruleset if there is one, in this order."""

    def __init__(self, *, landlock: bool, loaded: Preloaded, hooks: Hooks) -> None:
        self.control = socket.socket(fileno=FIRST_OWN_DESCRIPTOR)
        self.grader = FIRST_OWN_DESCRIPTOR + 1
        self.ruleset = FIRST_OWN_DESCRIPTOR + 2 if landlock else None
        self.hooks = hooks
        self.codec = Codec(loaded.numpy, sys.modules.get("torch"))
        self.seeds = Seeds(loaded.numpy)
        self.fillers: list[object] = []  # kept for the memory that they take
        self.extra_bytes = loaded.extra_bytes  # of packages, which a program may have besides its own memory
        self.policy, self.filtered = b"", False
        self.confinement: Confinement | None = None  # of `policy`, by which most children are confined
        self.children: dict[int, tuple[int, int, bool]] = {}  # pidfd -> (pid, status pipe, is its filter on)
        self.poll, self.status_pipes = select.poll(), select.poll()

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
        """Serve one request; False when the grader has closed its end.

        RuntimeError: the descriptors that came with it are not where they belong.
        """
        message, ancillary, _flags, _address = self.control.recvmsg(MAX_REQUEST_BYTES, RIGHTS_BYTES)
        if not message:
            return False
        if ancillary != DESCRIPTORS_IN_PLACE:
            raise RuntimeError("the descriptors of a request are not those that were free")
        if message[USER_NUMBER.size :] != self.policy:
            self.prepare(message[USER_NUMBER.size :])
        (uid,) = USER_NUMBER.unpack_from(message)
        pid = os.fork()
        if pid == 0:
            self.become_child(uid)
        status, pidfd = os.dup(STATUS_DESCRIPTOR), os.pidfd_open(pid)
        os.closerange(1, FIRST_OWN_DESCRIPTOR)
        self.children[pidfd] = (pid, status, self.filtered)
        self.poll.register(pidfd, select.POLLIN)
        self.control.sendmsg([b"forked"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", pidfd))])
        return True

    def prepare(self, policy: bytes) -> None:
        """Make ready what the next children are confined by."""
        request = json.loads(policy)
        ruleset = self.ruleset if request.pop("landlock") else None
        request["memory"] += self.extra_bytes
        made = Policy(ruleset=ruleset, parent=os.getpid(), **request)
        self.confinement, self.filtered = Confinement(made, keep=UNSENT_DESCRIPTOR), made.seccomp
        self.policy = policy

    def reap(self, pidfd: int) -> None:
        """Collect a child that has ended, end what it may have left behind, and tell the grader if it still listens."""
        self.poll.unregister(pidfd)
        os.close(pidfd)
        pid, status_pipe, filtered = self.children.pop(pidfd)
        if not filtered:  # else it was refused to fork
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self.status_pipes.register(status_pipe, 0)
        if self.status_pipes.poll(0):  # the other end is closed: a child that was killed is not asked about
            os.waitpid(pid, 0)
        else:
            self.tell_ending(pid, status_pipe)
        self.status_pipes.unregister(status_pipe)
        os.close(status_pipe)

    def tell_ending(self, pid: int, status_pipe: int) -> None:
        """Collect a child and pass on how it ended and what it used, which takes longer to ask for."""
        _pid, status, used = os.wait4(pid, 0)
        cpu_ms = int(1000 * (used.ru_utime + used.ru_stime))
        with contextlib.suppress(BrokenPipeError):  # closed in the meantime
            os.write(status_pipe, ENDING_FORMAT.pack(status, cpu_ms, used.ru_maxrss))

    def become_child(self, uid: int) -> None:
        """Never returns; whatever goes wrong before the student's code runs is reported in the first frame."""
        assert self.confinement is not None
        code = 99
        try:
            os.setsid()
            try:
                OUTGOING.share(mmap.mmap(UNSENT_DESCRIPTOR, UNSENT_MEMORY_BYTES))
                self.confinement.enforce(uid if uid >= 0 else None)
            except OSError as error:
                send(json.dumps(["unconfined", str(error)]))
            else:
                for functions in () if self.filtered else self.hooks:
                    os.register_at_fork(**functions)
                serve(self.codec, self.seeds)
                code = 0
        except ClosedError:
            code = 0
        finally:
            os._exit(code)
