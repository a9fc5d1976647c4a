"""
What each function may load of other people's code at its cold start, by top-level name.

The list is the cold start: whoever adds a name pays for it at every scale-out.
"""

# The SDK's lower half and what it brings along; the upper one, boto3, costs as much again.
SDK = frozenset(
    {
        "botocore",
        "certifi",  # not shipped; the SDK asks it for certificates where it is installed
        "dateutil",
        "jmespath",
        "six",
        "urllib3",
    }
)
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
# Logger and batch reader. Cryptography is not here: keys are opened with the first event.
POWERTOOLS = frozenset({"aws_lambda_powertools"})
WORKER = SDK | MODELS | POWERTOOLS

ALLOWED: dict[str, frozenset[str]] = {
    "ingest": WORKER,
    "preprocess": WORKER | {"pynamodb"},
    "render": WORKER | {"jinja2", "markupsafe", "pynamodb"},
    "deliver": WORKER,
    "report": WORKER,
    "admin": WORKER | {"jinja2", "markupsafe", "pynamodb"},
    "upkeep": WORKER,
}
