"""Names: the selections that a session keeps."""

from gestures.selection import Selection
from murmuration.errors import MessageError
from streaming import messages

MOST = 100
LENGTH = 60


class Names:
    """Selections by name, in the order in which they were first kept."""

    def __init__(self) -> None:
        self._kept: dict[str, Selection] = {}

    def keep(self, name: str, selection: Selection) -> None:
        """Keep a selection, in place of one of the same name. Raises MessageError for a bad name or nothing to keep."""
        clean = " ".join(name.split())
        if not 0 < len(clean) <= LENGTH or not clean.isprintable():
            raise MessageError(f"expected a name of 1 to {LENGTH} printable characters, got {name[:80]!r}")
        if len(self._kept) >= MOST and clean not in self._kept:
            raise MessageError(f"expected at most {MOST} named selections: forget one first")
        if not len(selection):
            raise MessageError("expected curves to name, but nothing is selected: draw a lasso first")
        self._kept[clean] = selection

    def find(self, name: str) -> Selection:
        """A kept selection. Raises MessageError for an unknown name."""
        if name not in self._kept:
            have = ", ".join(self._kept) or "none yet"
            raise MessageError(f"expected the name of a kept selection ({have[:200]}), got {name[:80]!r}")
        return self._kept[name]

    def forget(self, name: str) -> None:
        """Drop a kept selection. Raises MessageError for an unknown name."""
        self.find(name)
        del self._kept[name]

    def message(self) -> messages.Selections:
        """All names with their exact counts."""
        items = [messages.Named(name, len(one), "#ffffff", 0) for name, one in self._kept.items()]
        return messages.Selections(0, items)
