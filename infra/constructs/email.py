"""E-mail: who may send, and where the provider's events go."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.constructs import grants

CONFIGURATION_SET = "signet"
# SES publishes to the default bus and to no other.
PROVIDER_BUS = "default"


class Email(Construct):
    """The sending domain and a configuration set that reports all ten kinds of event."""

    def __init__(self, scope: Construct, construct_id: str, *, domain: str) -> None:
        """Declare the domain as an identity and report what becomes of its mail."""
        super().__init__(scope, construct_id)
        self._domain = domain
        self._identity = ses.EmailIdentity(self, "Identity", identity=ses.Identity.domain(domain))
        self._set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=CONFIGURATION_SET,
            reputation_metrics=True,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
        )
        bus = events.EventBus.from_event_bus_name(self, "ProviderBus", PROVIDER_BUS)
        self._set.add_event_destination(
            "ProviderEvents",
            destination=ses.EventDestination.event_bus(bus),
            events=list(ses.EmailSendingEvent),
        )

    @property
    def configuration_set(self) -> str:
        """Return the configuration set's name."""
        return self._set.configuration_set_name

    def allow_sending(self, role: iam.Role) -> None:
        """Allow sending in the name of the domain, through the configuration set."""
        account = f"arn:{cdk.Aws.PARTITION}:ses:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        grants.allow(
            role,
            # A raw message sent through the second version of the API needs both.
            ["ses:SendEmail", "ses:SendRawEmail"],
            [
                f"{account}:identity/{self._identity.email_identity_name}",
                f"{account}:configuration-set/{self.configuration_set}",
            ],
            conditions={"StringLike": {"ses:FromAddress": f"*@{self._domain}"}},
        )
        # The account's rate is not a resource, so asking for it cannot be narrowed.
        grants.allow(role, ["ses:GetAccount"], ["*"])

    def allow_suppressing(self, role: iam.Role) -> None:
        """Allow writing the account's list of suppressed addresses."""
        actions = ["ses:PutSuppressedDestination", "ses:DeleteSuppressedDestination"]
        # The list belongs to the account and is no resource, so it cannot be narrowed.
        grants.allow(role, actions, ["*"])
