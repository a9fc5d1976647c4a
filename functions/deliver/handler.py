"""
Woken by the deliver queue with packs of rendered messages.

Claims each message, looks at consent and suppression, and hands it to its provider. Leaves one
recorded outcome per message.
"""

from functions.deliver.wiring import build, handler_of

handler = handler_of(build())
