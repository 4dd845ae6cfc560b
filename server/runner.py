"""Runner: how an application is run, and what is not written down about those who ask.

There is no access log: who looks at what is nobody's business, and a request may show a token. What is no HTTP is
answered with 400 by aiohttp, which would also log it with a traceback and the line it stumbled over, token and all, and
anybody could fill a disk with those. A mistake of ours is logged as ever.
"""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

log = logging.getLogger(__name__)


def runner(app: web.Application, patience: float) -> web.AppRunner:
    """What runs an application; in the end connections have ``patience`` seconds to close."""
    return web.AppRunner(app, access_log=None, logger=log, shutdown_timeout=patience)


def _ours(record: logging.LogRecord) -> bool:
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


log.addFilter(_ours)
