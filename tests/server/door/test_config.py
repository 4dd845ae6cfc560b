"""The addresses of a server, with and without a proxy in front."""

import pytest

from murmuration.errors import AccessError
from server.door.config import Config


def test_behind_a_proxy_its_address_is_printed_and_its_origin_admitted() -> None:
    config = Config(port=8765, behind="https://Hub.example.org/user/ada/proxy/{port}/")
    assert config.base == "https://Hub.example.org/user/ada/proxy/8765/"
    assert config.address("K7QM3XRT") == f"{config.base}#code=K7QM3XRT"
    assert config.local == "http://127.0.0.1:8765/"
    assert {"hub.example.org", "127.0.0.1:8765"} <= config.hosts()
    assert {"https://hub.example.org", "http://127.0.0.1:8765"} <= config.origins()
    assert "http://hub.example.org" not in config.origins()


@pytest.mark.parametrize(
    ("behind", "origin"),
    [("http://lab:8080/", "http://lab:8080"), ("https://lab:443/x/", "https://lab"), ("http://lab:80/", "http://lab"),
     ("https://lab:80/", "https://lab:80"), ("https://[fd00::1]:8443/x/", "https://[fd00::1]:8443")],
)  # fmt: skip
def test_an_origin_is_written_as_browsers_write_it(behind: str, origin: str) -> None:
    config = Config(behind=behind)
    assert origin in config.origins()
    assert origin.partition("://")[2] in config.hosts()


@pytest.mark.parametrize(
    "behind",
    ["lab.example.org", "https://lab.example.org", "ftp://lab/", "https://lab/x", "https://lab/?a/", "https://lab/#a/",
     "https://u:p@lab/", "https:///x/"],
)  # fmt: skip
def test_an_address_of_a_proxy_that_cannot_be_one_is_refused(behind: str) -> None:
    with pytest.raises(AccessError, match="expected --behind ADDRESS such as"):
        Config(behind=behind)


@pytest.mark.parametrize("source", ["*", "'none'", "http://a b", "https://x; script-src *", "http://x/path", ""])
def test_a_source_of_frames_that_would_change_the_policy_is_refused(source: str) -> None:
    with pytest.raises(AccessError, match="expected --frame SOURCE such as"):
        Config(framed=(source,))
    for good in ("https://hub.example.org", "http://localhost:*", "https://*.example.org:8443", "vscode-webview:"):
        Config(framed=(good,))
