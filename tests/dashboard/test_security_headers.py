"""What every answer tells the browser."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from dashboard.server.security_headers import content_policy, inline_script_hashes

HEADERS = ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"]


@pytest.mark.parametrize("path", ["/login", "/", "/_stcore/health", "/static/x.js", "/healthz", "/_stcore/metrics"])
@pytest.mark.parametrize("header", HEADERS)
def test_every_answer_carries_the_headers(visitor, path, header):
    assert visitor.get(path, accept="*/*").headers[header]


def test_scripts_come_from_us_alone_or_are_known_word_for_word(visitor):
    policy = visitor.get("/login").headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*)", policy).group(1).split()
    assert scripts[0] == "'self'"
    assert scripts[1:]
    assert all(source.startswith("'sha256-") for source in scripts[1:])
    assert "unsafe-eval" not in policy


def test_nobody_may_frame_us(visitor):
    assert "frame-ancestors 'none'" in visitor.get("/login").headers["content-security-policy"]


def test_only_scripts_that_stand_in_the_page_are_hashed():
    inline = "<!-- <script>old()</script> --><script>\n  go()\n</script><script type='module'>a</script>"
    page = f"{inline}<script src='x.js'></script>"
    expected = [f"'sha256-{b64encode(sha256(body).digest()).decode()}'" for body in (b"\n  go()\n", b"a")]
    assert inline_script_hashes(page) == expected


def test_another_script_has_another_policy():
    assert content_policy("<script>a</script>") != content_policy("<script>b</script>")
