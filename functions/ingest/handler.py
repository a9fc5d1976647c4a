"""
Woken by the public routes of the HTTP API.

Reads what clients, sources, recipients and operators send; leaves work on the preprocess and
report queues, and rows for messages, consents and suppressions.
"""

from functions.ingest.wiring import build, handler_of

handler = handler_of(build())
