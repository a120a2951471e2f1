"""What the reading of an HTTP answer promises beside what the client's tests show."""

from typing import Any

import pytest
import requests
from urllib3.exceptions import ProtocolError

from app.platforms import body
from app.platforms.errors import ShopError


def test_an_answer_that_breaks_off_may_be_asked_for_again() -> None:
    class Torn:
        def stream(self, _size: int, *, decode_content: bool) -> Any:
            assert decode_content
            yield b'{"data'
            raise ProtocolError("connection lost")

    response = requests.Response()
    response.status_code = 200
    response.raw = Torn()
    with pytest.raises(ShopError) as caught:
        body.check_response(response)
    assert (caught.value.code, caught.value.retry) == ("UNREACHABLE", True)
