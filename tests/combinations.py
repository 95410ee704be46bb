"""Parameter values that switch the template's conditions, and the combinations to test."""

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
# Each switch is on in four of six rows, no two in the same four. With an empty row, every two switches are both on,
# both off, and only one on (Kleitman and Spencer 1973). All combinations would be 8,192.
_ROWS: Final = list(zip(SWITCHES, combinations(range(6), 4), strict=False))
TRIED: Final = [{}, *(_merged(switch for switch, rows in _ROWS if row in rows) for row in range(6)), EVERYTHING]
