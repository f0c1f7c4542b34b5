"""The app asks Slack for what the enabled features need, and for nothing else (threat 28)."""

from __future__ import annotations

from itertools import combinations

import yaml

from bot.platforms.slack.manifest import (
    ALL,
    MOST_SCOPES,
    Feature,
    Installation,
    manifest,
    manifest_yaml,
    missing_and_superfluous,
    scopes,
)
from tests.platforms.slack.house import at_work, until
from tests.street.slack import FakeSlack


def test_no_choice_of_features_needs_more_than_nine_scopes_and_each_has_its_reason() -> None:
    for size in range(len(Feature) + 1):
        for chosen in combinations(Feature, size):
            assert len(scopes(chosen)) <= MOST_SCOPES
            assert all(scopes(chosen).values())


def test_only_bot_scopes_and_only_events_that_a_feature_needs() -> None:
    least = manifest([])

    assert list(least["oauth_config"]["scopes"]) == ["bot"]
    assert least["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened", "message.im"]
    assert "slash_commands" not in least["features"]
    assert "users:read" not in least["oauth_config"]["scopes"]["bot"]


def test_the_manifest_reads_as_yaml_with_a_reason_beside_every_scope() -> None:
    text = manifest_yaml(ALL, Installation(commands=("/desk", "服务")))

    assert yaml.safe_load(text) == manifest(ALL, Installation(commands=("/desk", "服务")))
    assert all(f"- {scope}  # {reason}" in text for scope, reason in scopes(ALL).items())
    assert [one["command"] for one in yaml.safe_load(text)["features"]["slash_commands"]] == ["/desk", "/服务"]


def test_over_http_slack_is_told_where_to_send() -> None:
    app = manifest(ALL, Installation(events_url="https://desk.example/slack/events"))

    assert app["settings"]["socket_mode_enabled"] is False
    assert app["settings"]["event_subscriptions"]["request_url"] == "https://desk.example/slack/events"
    assert app["settings"]["interactivity"]["request_url"] == "https://desk.example/slack/events"
    assert app["features"]["slash_commands"][0]["url"] == "https://desk.example/slack/events"


def test_a_call_needs_its_own_scope_only_where_not_every_message_is_heard() -> None:
    assert "app_mentions:read" not in scopes(ALL)
    assert "app_mentions:read" in scopes(ALL - {Feature.PRIVATE_CHANNELS})


async def test_what_is_missing_and_superfluous_shows_in_the_health() -> None:
    async with FakeSlack() as slack:
        slack.scopes = "chat:write,im:history,im:read,im:write,admin"
        async with at_work(slack, features={Feature.COMMAND}) as desk:
            await until(lambda: desk.health()["scopes"])

            health = desk.health()

    assert (health["scopes_missing"], health["scopes_superfluous"]) == (["commands"], ["admin"])
    assert missing_and_superfluous(scopes(ALL), ALL) == (set(), set())
