"""Cloud: the points that are drawn and selected, in the order in which they are drawn."""

from murmuration.cloud.cloud import FIRST, RARE, Class, Cloud, Level, cloud
from murmuration.cloud.order import MAX_CLASSES, STEPS

__all__ = ["FIRST", "MAX_CLASSES", "RARE", "STEPS", "Class", "Cloud", "Level", "cloud"]
