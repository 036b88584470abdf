"""Starting and asking the zygote: the clean process that forks a confined child for each submission."""

from __future__ import annotations

import array
import contextlib
import errno
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader.errors import HarnessError

from .framing import UNSENT_BYTES, UnsentFrames
from .installation import ENVIRONMENT, LIBRARY_FOLDERS, Installation

START_TIMEOUT_S = 30.0  # seconds until a zygote has said that it is ready; usually 0.2
PACKAGE_LOAD_TIMEOUT_S = 60.0  # seconds more for each package that it loads beside NumPy; PyTorch takes 3
FORK_TIMEOUT_S = 10.0  # seconds for one fork
MAX_ZYGOTE_MESSAGE_BYTES = 1 << 16
UNSENT_LOOKS = 10  # at the memory for unsent frames, while a child writes there
SEALED_FRAME = b'"sealed"'
USER_STRUCT = struct.Struct("=q")  # ahead of a request's JSON, as in `child/zygote.py`
NO_USER = -1  # stands for the user that the zygote is
NO_RESOURCES_ERRORS = (errno.EAGAIN, errno.ENOMEM, errno.ENFILE, errno.EMFILE)
SIGNAL_EXIT_BASE = (
    128  # bubblewrap and shells end with this and the signal's number where what they run was ended by one
)

Ends = tuple[int, int, int, int, int, int]
"""Of the pipes for requests, answers, what is printed and the wait status; the memory for the program and for frames
that are unsent."""


class ZygoteGoneError(Exception):
    """The zygote does not answer any more."""


class ZygoteKilledError(HarnessError):
    """A zygote was ended by a signal, or got no memory, process or time, before it was ready: it may start again."""


class ForkedChild:
    """The grader's ends of a forked child's pipes (see `connection.Connection`), and the descriptor to end it by."""

    def __init__(self, ends: Ends, pidfd: int) -> None:
        self.requests, self.answers, self.log, self.status, self._program, self._unsent = ends
        self._pidfd = pidfd

    def place_program(self, program: bytes) -> bytes:
        """In memory that is sealed: from here on nobody can change it, whoever holds a descriptor of it."""
        import fcntl  # here, for this file is read on Windows too

        with open(self._program, "wb", closefd=False) as memory:
            memory.write(program)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(self._program, fcntl.F_ADD_SEALS, seals)
        return SEALED_FRAME

    def unsent(self) -> UnsentFrames | None:
        for _ in range(UNSENT_LOOKS):
            memory = os.pread(self._unsent, UNSENT_BYTES, 0)
            if memory == os.pread(self._unsent, UNSENT_BYTES, 0):  # else the child has written there in between
                return UnsentFrames.read(memory)
        return None

    def read(self, end: int, most: int) -> bytes | None:
        try:
            return os.read(end, most)
        except BlockingIOError:
            return None

    def write(self, data: memoryview) -> int:
        try:
            return os.write(self.requests, data)
        except BlockingIOError:
            return 0

    def running(self) -> bool:
        ended = select.poll()
        ended.register(self._pidfd, select.POLLIN)
        return not ended.poll(0)

    def pid(self) -> int | None:
        """As /proc numbers it here, whatever namespace it lives in."""
        with contextlib.suppress(OSError), open(f"/proc/self/fdinfo/{self._pidfd}", encoding="ascii") as lines:
            found = [int(line.removeprefix("Pid:")) for line in lines if line.startswith("Pid:")]
            return found[0] if found and found[0] > 0 else None
        return None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def close(self) -> None:
        _close((self.requests, self.answers, self.log, self.status, self._program, self._unsent, self._pidfd))

    def abandon(self) -> None:
        self.kill()
        self.close()


class Zygote:
    """`probes` are what it saw of each mechanism before it loaded anything (empty unless asked for)."""

    def __init__(
        self, installation: Installation, *, bubblewrap: bool, probe: bool = False, users: Iterator[int] | None = None
    ) -> None:
        """`users`: ids of users that children become, each its own.

        Raises:
            ZygoteKilledError: if it was killed before it was ready, or the system had no room for it.
            HarnessError: if it does not start for another reason, which the next would meet too.
        """
        self.users = users
        wrapper = bubblewrap_command(installation) if bubblewrap else []
        installation = installation.in_namespace() if bubblewrap else installation
        self._ahead: tuple[Mapping[str, Any], Ends] | None = None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        grader, proc = os.pidfd_open(os.getpid()), os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        settings = {
            "socket": theirs.fileno(),
            "grader": grader,
            "proc": proc,
            "packages": installation.packages,
            "places": dict(installation.places),
            "folders": installation.folders,
            "listable": installation.listable,
            "readable": installation.readable,
            "probe": probe,
        }
        try:
            self._process = subprocess.Popen(
                [*wrapper, *installation.command("zygote")],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(), grader, proc),
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            kind = ZygoteKilledError if error.errno in NO_RESOURCES_ERRORS else HarnessError
            raise kind(f"the sandbox's interpreter does not start: {error}") from None
        finally:
            theirs.close()
            _close((grader, proc))
        self._control = ours
        self._lock = threading.Lock()
        self._start_seconds = START_TIMEOUT_S + PACKAGE_LOAD_TIMEOUT_S * max(len(installation.packages) - 1, 0)
        self.probes = self._hello(json.dumps(settings).encode())

    @property
    def pid(self) -> int:
        return self._process.pid

    def _hello(self, settings: bytes) -> Mapping[str, tuple[bool, str]]:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(settings)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._control.settimeout(self._start_seconds)
        late = False
        try:
            message = self._control.recv(MAX_ZYGOTE_MESSAGE_BYTES)
        except TimeoutError:
            message, late = b"", True
        except OSError:
            message = b""
        if not message:
            raise self._not_started(late=late)
        self._control.settimeout(FORK_TIMEOUT_S)
        probes: Mapping[str, tuple[bool, str]] = json.loads(message)["probes"]
        return probes

    def _not_started(self, *, late: bool) -> HarnessError:
        """Why it is not ready, with the last line that it wrote; no process of it is left."""
        assert self._process.stderr is not None
        if late:
            self._process.kill()
        with self._process.stderr as pipe:
            errors = pipe.read().decode(errors="replace").strip()
        code = self._process.wait()
        self._control.close()
        said = errors.splitlines()[-1] if errors else "it said nothing"
        if late:
            said = f"it was not ready after {self._start_seconds:g} s; {said}"
        elif code < 0 or code > SIGNAL_EXIT_BASE:
            said = f"it was killed (signal {-code if code < 0 else code - SIGNAL_EXIT_BASE}); {said}"
        else:
            return HarnessError(f"the sandbox's process did not start: {said}")
        return ZygoteKilledError(f"the sandbox's process did not start: {said}")

    def fork(self, policy: Mapping[str, Any]) -> ForkedChild:
        """A confined child; ZygoteGoneError when there is no zygote any more.

        The next one is asked for at once: it is forked and confined while this one works, and waits for its program.
        """
        with self._lock:
            ahead, self._ahead = self._ahead, None
            try:
                if ahead is not None and ahead[0] != policy:
                    self._collect(ahead[1]).abandon()
                    ahead = None
                child = self._collect(ahead[1] if ahead is not None else self._ask(policy))
                self._ahead = (policy, self._ask(policy))
            except OSError:
                raise ZygoteGoneError from None
        return child

    def _ask(self, policy: Mapping[str, Any]) -> Ends:
        """Ask for a child; our ends of what we share with it."""
        pipes = [os.pipe() for _ in range(4)]
        (their_requests, requests), (answers, their_answers), (log, their_log), (status, their_status) = pipes
        program = os.memfd_create("program", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        unsent = _memory_for_frames()
        theirs = (their_log, their_log, their_requests, their_answers, program, unsent, their_status)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", theirs))
        user = USER_STRUCT.pack(NO_USER if self.users is None else next(self.users))
        described = json.dumps({**policy, "private_user": self.users is not None}).encode()
        ours = (requests, answers, log, status, program, unsent)
        try:
            self._control.sendmsg([user, described], [rights])
        except OSError:
            _close(ours)
            raise
        finally:
            _close((their_requests, their_answers, their_log, their_status))
        return ours

    def _collect(self, ours: Ends) -> ForkedChild:
        """The child that was asked for."""
        _answer, ancillary, _flags, _address = self._control.recvmsg(64, socket.CMSG_SPACE(4))
        if not ancillary:
            _close(ours)
            raise ConnectionError
        (pidfd,) = struct.unpack("i", ancillary[0][2][:4])
        for descriptor in ours[:4]:
            os.set_blocking(descriptor, False)
        return ForkedChild(ours, int(pidfd))

    def close(self) -> None:
        """End it; its children end with it."""
        self.let_go()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def let_go(self) -> None:
        """Close what this process has of it; after a fork of the grader, the zygote stays the other process's."""
        self._control.close()
        if self._ahead is not None:
            _close(self._ahead[1])
        assert self._process.stderr is not None
        self._process.stderr.close()

    def forget(self) -> None:
        self.let_go()
        self._process.returncode = 0  # not ours to wait for


def _memory_for_frames() -> int:
    """Memory that a child shares with the grader; its size stays as it is, whoever holds a descriptor of it."""
    import fcntl  # here, for this file is read on Windows too

    memory = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(memory, UNSENT_BYTES)
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return memory


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def bubblewrap_command(installation: Installation) -> list[str]:
    """`bwrap` and its arguments, up to the command; empty when it is not installed."""
    program = shutil.which("bwrap", path=_absolute(os.environ.get("PATH", os.defpath)))
    if program is None:
        return []
    places = {**{path: path for path in installation.mounts}, **installation.moved}
    binds = [part for path, inside in places.items() for part in ("--ro-bind-try", path, inside)]
    return [program, "--unshare-all", "--dev", "/dev", "--cap-drop", "ALL", *_links(), *binds, "--chdir", "/", "--"]


def _absolute(path: str) -> str:
    """PATH without its empty and relative entries: those are the current folder, where a student's `bwrap` may lie."""
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if os.path.isabs(entry))


def _links() -> list[str]:
    """`/lib -> usr/lib` and the like, without which no program starts."""
    names = [name for name in LIBRARY_FOLDERS if os.path.islink(name)]
    return [part for name in names for part in ("--symlink", os.readlink(name), name)]
