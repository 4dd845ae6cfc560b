"""Evidence: what theory says, beside which data are laid."""

from murmuration.evidence.density import density

__all__ = ["density"]
