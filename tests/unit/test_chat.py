"""What a server may answer instead of an answer."""

import json
from collections.abc import Iterator

import httpx2
import pytest
from pydantic import BaseModel

from lib import chat
from lib.chat import Chat, ModelUnavailable, RequestRefused, UnusableReply
from lib.settings import Settings


class Greeting(BaseModel):
    word: str


@pytest.fixture(autouse=True)
def _forget_formats() -> Iterator[None]:
    chat.forget_formats()
    yield
    chat.forget_formats()


def ask(response: httpx2.Response) -> Greeting:
    transport = httpx2.MockTransport(lambda request: response)
    settings = Settings(openai_base_url="http://127.0.0.1:9/v1", openai_model="tiny")
    client = httpx2.Client(transport=transport)
    model = Chat(settings, Greeting, Greeting.model_json_schema(), max_retries=0, http_client=client)
    return model.ask([{"role": "user", "content": "Greet."}]).answer


def completion(content: str) -> httpx2.Response:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    return httpx2.Response(200, json=body)


def test_the_answer_is_what_was_asked_for() -> None:
    assert ask(completion('{"word": "Hello"}')).word == "Hello"


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_page_of_the_web_is_no_answer(kind: str) -> None:
    page = httpx2.Response(200, text="<html>Please sign in</html>", headers={"content-type": kind})
    with pytest.raises(ModelUnavailable, match="does not answer as an OpenAI-compatible server"):
        ask(page)


def test_json_without_choices_is_an_empty_reply() -> None:
    with pytest.raises(UnusableReply, match="empty"):
        ask(httpx2.Response(200, json={"error": {"message": "busy"}}))


def test_a_nest_of_brackets_is_not_the_json_asked_for() -> None:
    with pytest.raises(UnusableReply, match="not the JSON"):
        ask(completion('{"word": ' + "[" * 100_000 + "}"))


def test_what_the_server_says_of_itself_is_said() -> None:
    body = json.dumps({"error": {"message": "image input is not supported."}})
    with pytest.raises(ModelUnavailable) as unavailable:
        ask(httpx2.Response(500, text=body, headers={"content-type": "application/json"}))
    assert unavailable.value.message == "127.0.0.1 is out of order (500): image input is not supported."


def test_a_refused_request_is_told_apart_from_a_server_that_is_not_to_be_had() -> None:
    with pytest.raises(RequestRefused, match=r"refuses the request \(413\)\."):
        ask(httpx2.Response(413, text="<html>too large</html>"))
