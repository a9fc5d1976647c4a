"""Serves a local cloud on loopback, with a pump for its queues and a keeper for its state."""

import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from infra.local.asgi import BODY_SECONDS, Asgi
from infra.local.cloud import LocalCloud
from infra.local.keeper import OLDEST, pause_after
from infra.local.local_api import Door
from infra.local.relay import Relay
from infra.local.talk import say

IDLE = 1.0


class Background:
    """A thread that does one thing again and again until it is stopped."""

    def __init__(self, name: str, once: Callable[[], None]) -> None:
        """
        Prepare the thread.

        Args:
            name: Of the thread.
            once: What it does; it also does the waiting.
        """
        self._once = once
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present round."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._once()
            except Exception:  # noqa: BLE001 - the pump outlives any fault of a turn
                traceback.print_exc(file=sys.stderr)
                time.sleep(IDLE)


class Server:
    """One local cloud behind a port."""

    def __init__(
        self,
        cloud: LocalCloud,
        *,
        port: int = 8080,
        smtp: str | None = None,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        """
        Prepare to serve a started cloud.

        Args:
            cloud: Started already.
            port: On 127.0.0.1.
            smtp: HOST:PORT of a server to which every mail is relayed as it is.
            body_seconds: How long a caller may take over a body.
        """
        self.cloud = cloud
        app = Asgi(Door(cloud).serve, seconds=body_seconds)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                host="127.0.0.1",
                port=port,
                log_level="warning",
                access_log=False,
                # What a caller says of itself in headers is for the functions, not for the door.
                proxy_headers=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=2,
            )
        )
        self._threads = [
            Background("pump", self._pump),
            Background("keeper", self._keep),
            Background("ready", self._watch),
        ]
        self._stopping = threading.Event()
        self._ready: list[Callable[[], None]] = []
        self._pause = pause_after(0.0)
        self._relay = None if smtp is None else Relay(smtp, cloud.owed)
        if self._relay:
            cloud.outbox.relay = self._relay
            self._threads.append(Background("relay", self._relay.once))

    def run(
        self,
        ready: Callable[[], None] | None = None,
        *,
        ending: Callable[[], None] | None = None,
    ) -> None:
        """
        Serve until Ctrl-C, SIGTERM or `stop`; then keep the state.

        Args:
            ready: Called in a thread when the port answers.
            ending: Called when the port is closed, before the state is kept for the last time.
        """
        self._ready = [ready] if ready else []
        for thread in self._threads:
            thread.start()
        try:
            with terminated_politely():
                self._uvicorn.run()
        finally:
            self._stopping.set()
            self.cloud.woken.set()
            if ending:
                ending()
            for thread in self._threads:
                thread.stop()
            self.cloud.save()
            if self._relay:
                self._relay.finish()

    def stop(self) -> None:
        """End `run` soon; for tests and for programs that embed the server."""
        self._uvicorn.should_exit = True

    @property
    def port(self) -> int:
        """Tell the port that is really in use, also when 0 was asked for."""
        return int(self._uvicorn.servers[0].sockets[0].getsockname()[1])

    @property
    def started(self) -> bool:
        """Tell whether the port answers."""
        return self._uvicorn.started

    def _pump(self) -> None:
        """Move what is queued and fire what is due; sleep while there is nothing."""
        self.cloud.woken.wait(IDLE)
        self.cloud.woken.clear()
        if self._stopping.is_set():
            return
        with self.cloud.turn:
            self.cloud.fire()
            self.cloud.step()
            moved = sum(self.cloud.step().values())
        if moved:
            self.cloud.woken.set()

    def _keep(self) -> None:
        self._stopping.wait(self._pause)
        began = time.monotonic()
        self.cloud.save()
        took = time.monotonic() - began
        self._pause = pause_after(took)
        if (age := self._pause + 2 * took) > OLDEST:
            say(
                f"persist: keeping the state took {took:.1f} s; a kill may lose {age:.0f} s of work"
            )

    def _watch(self) -> None:
        if self._uvicorn.started and self._ready:
            self._ready.pop()()
        self._stopping.wait(0.02 if self._ready else IDLE)


@contextmanager
def terminated_politely() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the server only: uvicorn raises both again when it is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    except KeyboardInterrupt:
        print("stopping", file=sys.stderr)  # noqa: T201 - talk to people
    finally:
        signal.signal(signal.SIGTERM, before)
