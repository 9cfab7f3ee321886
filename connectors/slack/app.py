"""The Slack door: Bolt over Socket Mode; no public address is needed."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from backoffice.errors import Misconfigured
from backoffice.settings import Settings
from backoffice.wording import say
from connectors.courier import Unreachable
from connectors.messages import Heard, Reply
from connectors.reception import Reception
from connectors.slack import parse, render

log = logging.getLogger("kontor.slack")
OURS_TO_REPAIR = {
    "accesslimited", "account_inactive", "ekm_access_denied", "invalid_auth", "messages_tab_disabled", "missing_scope",
    "no_permission", "not_authed", "team_access_not_granted", "token_expired", "token_revoked",
}  # fmt: skip
PASSES = {
    "fatal_error", "internal_error", "message_limit_exceeded", "rate_limited", "ratelimited", "request_timeout",
    "service_unavailable",
}  # fmt: skip
BLOCKS_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"}
THREAD_GONE = "cannot_reply_to_message"
REMEMBERED, CONNECT_S = 1000, 30.0


class SlackDoor:
    """One workspace."""

    name = "slack"

    def __init__(self, settings: Settings, reception: Reception) -> None:
        assert settings.slack_bot_token
        assert settings.slack_app_token
        self._settings, self._reception = settings, reception
        self._app_token = settings.slack_app_token.get_secret_value()
        self._token = settings.slack_bot_token.get_secret_value()
        self._client = self._client_with(self._token)
        self._handler: AsyncSocketModeHandler | None = None
        self._mentions: OrderedDict[str, None] = OrderedDict()
        self._team = ""

    async def open(self) -> None:
        """Sign in and listen. Raises Misconfigured when a token is refused."""
        self._client.session = self._client.session or aiohttp.ClientSession()
        try:
            me = await self._client.auth_test()
            # The client would try a refused app token for ever, in silence.
            opened = await self._client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            reason = str(error.response["error"])
            if reason in PASSES:
                raise
            raise Misconfigured(
                f"Slack refuses the door ({reason}): check KONTOR_SLACK_BOT_TOKEN (xoxb-…), KONTOR_SLACK_APP_TOKEN "
                "(xapp-… with connections:write) and the app's scopes"
            ) from error
        self._team = str(me["team_id"])
        app = AsyncApp(client=self._client_with(None), authorize=_as(me.data, self._token), signing_secret="unused")
        app.middleware(self._store)
        self._handler = AsyncSocketModeHandler(app, self._app_token)
        self._handler.client.wss_uri = str(opened["url"])
        try:  # the client would go on for ever with an address that can be used once
            await asyncio.wait_for(self._handler.connect_async(), CONNECT_S)  # type: ignore[no-untyped-call]
        except TimeoutError:
            await self.stop_hearing()
            raise

    async def stop_hearing(self) -> None:
        """Take nothing in any more; answers still go out."""
        if self._handler:
            await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Let go of the connection."""
        if self._client.session:
            await self._client.session.close()

    def _client_with(self, token: str | None) -> AsyncWebClient:
        patience = [AsyncRateLimitErrorRetryHandler(max_retry_count=2), AsyncConnectionErrorRetryHandler()]
        return AsyncWebClient(token=token, base_url=self._settings.slack_api_url, timeout=10, retry_handlers=patience)

    async def _store(self, body: dict[str, Any]) -> BoltResponse:
        """Every envelope ends here: what concerns us is stored, then all are acknowledged.

        When storing fails nothing is acknowledged, and Slack delivers again.
        """
        if heard := parse.parse_message(body, team=self._team) or parse.parse_press(body, team=self._team):
            try:
                await self._reception.take_in(self, heard)
            except Exception as error:  # Bolt would log it, with the words that could not be stored
                log.error("an event could not be stored: %s", type(error).__name__)
                return BoltResponse(status=500, body="")
        elif mention := parse.parse_mention(body, team=self._team):
            await self._point_to_direct_messages(mention)
        return BoltResponse(status=200, body="")

    async def _point_to_direct_messages(self, mention: Heard) -> None:
        if mention.key in self._mentions:
            return
        self._mentions[mention.key] = None
        if len(self._mentions) > REMEMBERED:
            self._mentions.popitem(last=False)
        language = self._settings.languages[0]
        said = Reply(0, say("doors.directly", language), language=language)
        self._reception.later(mention.room, self.post(mention.address, said, mention.thread))

    def room(self, handle: str) -> str | None:
        """An account of another workspace is none of this door's."""
        return parse.room(handle) if handle.startswith(f"{self._team}:") else None

    def first_address(self, handle: str) -> str | None:
        """Slack takes a person's id for the direct conversation with her."""
        return handle.partition(":")[2] if self.room(handle) else None

    async def post(self, address: str, reply: Reply, thread: str | None = None) -> None:
        """Say it. Raises Unreachable."""
        for post in render.render(reply, public_url=self._settings.public_url):
            await self._say(post, address, thread)

    async def _say(self, post: render.Post, channel: str, thread: str | None) -> None:
        """As text alone when Slack refuses the blocks, outside the thread when that is gone."""
        try:
            await self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=post.text,
                blocks=post.blocks or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackApiError as error:
            reason = str(error.response["error"])
            if reason in BLOCKS_REFUSED and post.blocks:
                log.error("Slack refused our blocks: %s", reason)
                await self._say(render.Post(post.text, []), channel, thread)
            elif reason == THREAD_GONE and thread:
                await self._say(post, channel, None)
            else:
                raise _told_apart(error) from error

    async def settle(self, heard: Heard, language: str) -> None:
        """Show what was chosen where the buttons were."""
        if heard.shown:
            post = render.settled(heard.shown.content, heard.shown.label, language)
            try:
                await self._client.chat_update(
                    channel=heard.address, ts=heard.shown.id, text=post.text, blocks=post.blocks
                )
            except SlackApiError as error:  # the deed is done and is told all the same
                log.warning("a message keeps its buttons: %s", error.response["error"])

    @asynccontextmanager
    async def busy(self, address: str) -> AsyncIterator[None]:
        """Slack shows nothing in a plain direct message."""
        yield


def _told_apart(error: SlackApiError) -> Exception:
    """What may pass or is the operator's to repair stays as it is; all else concerns this address for good."""
    reason = str(error.response["error"])
    return error if reason in PASSES | OURS_TO_REPAIR else Unreachable(reason=reason)


def _as(me: Any, token: str) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt asks for every event who we are; we know it once and for all."""
    result = AuthorizeResult(
        enterprise_id=me.get("enterprise_id"),
        team_id=me["team_id"],
        bot_user_id=me.get("user_id"),
        bot_id=me.get("bot_id"),
        bot_token=token,
    )

    async def authorize(**_: Any) -> AuthorizeResult:
        return result

    return authorize
