"""
Woken by the events table's stream, and by the report queue with provider events and engagement.

Folds transitions into counters and the lake; settles messages by what carriers report and what
people do. Leaves counters, lake files, moved messages, suppressions.
"""

from functions.report.wiring import build, handler_of

handler = handler_of(build())
