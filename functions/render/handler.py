"""
Woken by the render queue with packs of planned messages.

Fills each message's pinned template with live data. Leaves work with the finished mail on the
deliver queue, and rows of messages that cannot be rendered.
"""

from functions.render.wiring import build, handler_of

handler = handler_of(build())
