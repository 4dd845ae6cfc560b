"""The runner of an application, without access logs.

No request is logged: whose browser asks for which data is private, and a request may contain a secret. Malformed
requests are answered with 400; aiohttp would log each with a traceback and the offending line, which may contain a
secret, and anyone could fill a disk that way. Errors of our own are logged as usual.
"""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

log = logging.getLogger(__name__)


HEAD = 10.0
"""Seconds for the head of a request, from the opening of its connection or from the previous response."""


def runner(app: web.Application, patience: float) -> web.AppRunner:
    """A runner that does not log requests; at shutdown, connections have ``patience`` seconds to close."""
    return web.AppRunner(app, access_log=None, logger=log, shutdown_timeout=patience, keepalive_timeout=HEAD)


def _ours(record: logging.LogRecord) -> bool:
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


log.addFilter(_ours)
