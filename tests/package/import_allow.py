"""What each function may load of other people's code at its cold start, by top-level name.

The list is the cold start: whoever adds a name pays for it at every scale-out.
"""

# The SDK and what it brings along.
SDK = frozenset({"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})
# Models of what comes in, and what pydantic stands on.
MODELS = frozenset(
    {
        "annotated_types",
        "pydantic",
        "pydantic_core",
        "typing_extensions",
        "typing_inspection",
    }
)
# Logger and batch reader.
POWERTOOLS = frozenset({"aws_lambda_powertools"})
# Sealing personal fields and signing links.
SEALING = frozenset({"_cffi_backend", "cryptography"})
WORKER = SDK | MODELS | POWERTOOLS | SEALING

ALLOWED: dict[str, frozenset[str]] = {
    "ingest": WORKER,
    "preprocess": WORKER | {"pynamodb"},
    "render": WORKER | {"jinja2", "markupsafe", "pynamodb"},
    "deliver": WORKER,
    "report": WORKER,
    "admin": WORKER | {"jinja2", "markupsafe", "pynamodb"},
    "upkeep": WORKER,
}
