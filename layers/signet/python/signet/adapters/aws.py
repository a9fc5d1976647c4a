"""Clients of AWS services: one session per process, each client made once."""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session


@cache
def _session() -> Session:
    return get_session()


@cache
def client(service: str, *, retries: bool = True) -> Any:
    """
    Give the process's client of a service.

    Args:
        service: Its botocore name.
        retries: False switches the SDK's own retries off, for calls that must never be
            repeated blindly.
    """
    attempts = {"total_max_attempts": 4 if retries else 1, "mode": "standard"}
    # Links to objects under a key of ours are valid only with the newer signature.
    signed = {"signature_version": "s3v4"} if service == "s3" else {}
    config = Config(
        connect_timeout=2,
        read_timeout=8,
        retries=attempts,
        parameter_validation=False,
        **signed,
    )
    return _session().create_client(service, config=config)
