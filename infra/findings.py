"""Findings of the security rules that we accept, each with its reason."""

import aws_cdk as cdk

ACCEPTED = {
    "APIG4": "Write keys, bearer keys and signed links are checked by the functions behind the "
    "routes, which answer with a problem that names what is wrong; some routes are public.",
    "DDB3": "Records of idempotency expire by themselves within a day; every other table can be "
    "restored to a point in time.",
    "IAM5[Resource::*]": "Listing streams and asking for the account's sending rate know no "
    "resource type, so they cannot be narrowed.",
    "IAM5[Resource::<DataContent.Arn>/*]": "The objects of one bucket; no other bucket's.",
    "IAM5[Resource::<DataFeedback.Arn>/*]": "The objects of one bucket; no other bucket's.",
    "IAM5[Resource::<DataIntake.Arn>/*]": "The objects of one bucket; no other bucket's.",
    "IAM5[Resource::<DataLake.Arn>/*]": "The objects of one bucket; no other bucket's.",
    "L1": "Python 3.13 is the newest version that our tests run on.",
    "S1": "Only our functions' roles reach the objects; whoever must log each access turns on the "
    "data events of the account's trail, which also name the role.",
    "SMG4": "Rotating the root would break every signed link already in somebody's inbox; "
    "workspaces rotate the keys inside by adding one and removing the old.",
    "SQS3": "The queue is a dead-letter queue itself: of a stream mapping, which the rule does "
    "not see.",
}
PACK = "AwsSolutions"


def accept_findings(stack: cdk.Stack) -> None:
    """Accept the named findings for the whole stack."""
    for rule, reason in ACCEPTED.items():
        cdk.Validations.of(stack).acknowledge(
            cdk.Acknowledgment(id=f"{PACK}-{rule}", reason=reason)
        )
