"""
Woken by every HTTP call that is not ingestion: the control plane and the console.

Reads all tables; leaves behind what operators write, and dead letters sent back to their queues.
"""

from functions.admin.wiring import build, handler_of

handler = handler_of(build())
