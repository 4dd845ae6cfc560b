"""Cloud: the points that are drawn and selected, in the order in which they are drawn."""

from murmuration.cloud.cloud import FIRST, MAX_CLASSES, RARE, STEPS, Class, Cloud, Level, cloud

__all__ = ["FIRST", "MAX_CLASSES", "RARE", "STEPS", "Class", "Cloud", "Level", "cloud"]
