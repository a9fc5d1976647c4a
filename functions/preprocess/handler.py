"""
Woken by the preprocess queue with packs of events.

Applies each event to its profile and plans the messages it makes due. Leaves profiles, event
rows, planned messages, and work on the render queue.
"""

from functions.preprocess.wiring import build, handler_of

handler = handler_of(build())
