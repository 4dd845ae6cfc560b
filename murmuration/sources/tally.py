"""Tally: remarks about rows that are only known once the rows are read."""


class Tally:
    """Remarks, each with the count of its rows and the label of the first."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, str]] = {}

    def clear(self) -> None:
        """Forget everything, before the rows are read again."""
        self._counts.clear()

    def add(self, remark: str, labels: list[str]) -> None:
        """Count some rows; ``remark`` is a phrase that follows the count."""
        if labels:
            count, first = self._counts.get(remark, (0, labels[0]))
            self._counts[remark] = count + len(labels), first

    def lines(self) -> list[str]:
        """The remarks as sentences."""
        return [f"{count:,} {remark} (first {first})" for remark, (count, first) in self._counts.items()]
