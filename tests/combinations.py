"""Values of the template's parameters that switch its conditions, and the combinations that are tried."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

_AWS: Final = "us-east-1:123456789012"
SWITCHES: Final[tuple[Mapping[str, str], ...]] = (
    {"AlarmEmail": "ops@example.com"},
    {"AlarmTopicArn": f"arn:aws:sns:{_AWS}:alarms"},
    {"Architecture": "x86_64"},
    {"CertificateArn": f"arn:aws:acm:{_AWS}:certificate/1", "DomainName": "signup.example.com"},
    {"DeploymentPreference": "Canary10Percent5Minutes"},
    {"HostedZoneId": "Z0123456789ABCDEFGHIJ"},
    {"IntakeConcurrency": "3"},
    {"KmsKeyArn": f"arn:aws:kms:{_AWS}:key/12345678-1234-1234-1234-123456789012"},
    {"LogProtection": "on"},
    {"PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"},
    {"SecretReaders": "arn:aws:iam::123456789012:role/operator,arn:aws:iam::123456789012:user/ada"},
    {"SnapStart": "PublishedVersions"},
    {"WatchedSource": "website"},
)


def _merged(switches: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for switch in switches for name, value in switch.items()}


EVERYTHING: Final = _merged(SWITCHES)
# In four rows of six each switch is on, no two in the same four: with a row of nothing, these have each two switches
# both on, both off, and one or the other (Kleitman and Spencer 1973). All combinations would be 8,192.
_ROWS: Final = list(zip(SWITCHES, combinations(range(6), 4), strict=False))
TRIED: Final = [{}, *(_merged(switch for switch, rows in _ROWS if row in rows) for row in range(6)), EVERYTHING]
