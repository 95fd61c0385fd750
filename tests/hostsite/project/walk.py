"""Opens the addresses it is given, as a visitor and as the officer; prints one JSON object. Run by ``manage.py shell``."""

from __future__ import annotations

import json
import os

from django.test import Client


def main() -> None:
    """``HOST_WALK`` holds a list of [who, path]; the answer maps "who path" to [status, text]."""
    found = {}
    for who, address in json.loads(os.environ["HOST_WALK"]):
        client = Client(headers={"accept-language": "zh-CN"})
        if who:
            assert client.login(username=who, password="secret")
        answer = client.get(address)
        found[f"{who} {address}".strip()] = [answer.status_code, answer.content.decode()]
    print(json.dumps(found))


main()
