"""The errors of this library, as one small tree.

Each message is one line that a command line or a browser can show unchanged. For a wrong input: "expected X, got Y",
and the remedy; for a state: the state and the next step. Any other exception that escapes is a bug and keeps its
traceback.
"""


class MurmurationError(Exception):
    """An error that a user can cause; the message is for the user."""


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
    """A store is missing, busy, damaged or full, or a commit fails a guard; nothing was committed."""


class MessageError(MurmurationError):
    """A message from the network that is not one of the protocol's."""


class AccessError(MurmurationError):
    """A refusal by address, name or token, or a secret that cannot be kept safe."""


class SessionError(MurmurationError):
    """A session's log is in use, damaged, of another data set, or cannot be written; nothing was changed."""
