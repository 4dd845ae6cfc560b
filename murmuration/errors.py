"""Everything this library refuses, as one small tree.

Each message says what was expected, what came, and what to do about it, in one line that a command line or a
browser can show as it is. Anything else that escapes is a bug of ours and keeps its traceback.
"""


class MurmurationError(Exception):
    """What a user did cannot be done; the message is for them."""


class DatasetError(MurmurationError):
    """A data set is missing, unreadable, or holds something that is no elliptic curve."""


class ProjectionError(MurmurationError):
    """A projection, or a column to average or colour by, does not exist or cannot be made from these data."""


class StrokeError(MurmurationError):
    """A lasso that encloses nothing well defined: wrong shape, not finite, too long."""


class RecipeError(MurmurationError):
    """A recipe that is incomplete, or that was made from other curves or primes than those at hand."""


class ExpressionError(MurmurationError):
    """An expression of columns that cannot be read; the message holds the place."""


class EvidenceError(MurmurationError):
    """A density that is not known, or asked for where it is not defined or not tabulated."""


class StoreError(MurmurationError):
    """A store is missing, busy, damaged or full, or what was to be committed fails a guard; nothing was committed."""


class MessageError(MurmurationError):
    """A message from the network that is not one of the protocol's."""


class AccessError(MurmurationError):
    """What these addresses, names or tokens do not allow, or what guards them cannot be kept safe."""


class SessionError(MurmurationError):
    """A session's log is in use, damaged, of another data set, or cannot be written; nothing was changed."""
