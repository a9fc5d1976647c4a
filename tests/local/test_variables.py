"""A function's variables are the whole process's while it runs."""

import os
import threading

from infra.local.function import VARIABLES, Function, environment


def test_nobody_reads_the_variables_of_a_function_as_their_own() -> None:
    """Who copies the environment waits until a function that runs in another thread is done."""
    function = Function("Door", "door.handler", {"DOOR_TABLE": "doors"})
    entered, leave, copied = threading.Event(), threading.Event(), list[dict[str, str]]()

    def run() -> None:
        with environment(function):
            entered.set()
            leave.wait()

    def copy() -> None:
        with VARIABLES:
            copied.append(dict(os.environ))

    threads = [threading.Thread(target=run), threading.Thread(target=copy)]
    threads[0].start()
    entered.wait()
    seen = os.environ["DOOR_TABLE"]
    threads[1].start()
    early = list(copied)
    leave.set()
    for thread in threads:
        thread.join()

    assert ("doors", []) == (seen, early)
    assert "DOOR_TABLE" not in copied[0]
