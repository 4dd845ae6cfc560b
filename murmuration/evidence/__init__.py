"""Evidence: the predictions of theory, to be compared with data."""

from murmuration.evidence.density import density

__all__ = ["density"]
