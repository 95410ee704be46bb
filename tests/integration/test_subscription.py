"""Confirming an SNS subscription, with a real HTTP server in place of SNS."""

import pytest

from leads.errors import Unavailable
from leads.io.aws import confirm_subscription
from tests.integration.stand_in import stand_in


def test_a_subscription_is_confirmed_by_one_call() -> None:
    """SNS answers 200."""
    with stand_in() as sns:
        confirm_subscription(f"{sns.url}/?Action=ConfirmSubscription")
        assert [asked.path for asked in sns.asked] == ["/?Action=ConfirmSubscription"]


@pytest.mark.parametrize("status", [302, 500])
def test_anything_but_200_is_tried_again(status: int) -> None:
    """A redirect could lead anywhere, so it is not followed."""
    with stand_in() as sns:
        sns.answers, sns.headers = [(status, {})], {"Location": f"{sns.url}/ok"}
        with pytest.raises(Unavailable, match=str(status)):
            confirm_subscription(f"{sns.url}/first")
        assert [asked.path for asked in sns.asked] == ["/first"]


def test_an_unreachable_sns_is_tried_again() -> None:
    """The sender is asked to retry."""
    with pytest.raises(Unavailable, match="SNS: ConnectError"):
        confirm_subscription("http://127.0.0.1:1/")
