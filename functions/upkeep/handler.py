"""
Woken by a schedule, and by the dead-letter queues.

Ends the doubt of messages that no provider event settled, and turns dead letters into rows.
Leaves moved messages and dead-letter rows.
"""

from functions.upkeep.wiring import build, handler_of

handler = handler_of(build())
