"""Convert: lines of older formats of the log as lines of today's.

Format 1 (before 0.2) spelled each change in fields of its own and said nothing of a format.
"""

from murmuration.errors import SessionError
from session.entry import Entry, Line, to_fields
from session.replay import NOTES
from streaming import messages

FORMAT = 2
"""The format that is written; the first line of a file holds it."""


def converted(line: Line, format: int) -> Line:
    """A line of a file of some format in today's. Raises SessionError for a format or a line that is unknown."""
    if format == FORMAT:
        return line
    if format != 1:
        raise SessionError(f"the session's log, seq {line['seq']}: expected format 1 or {FORMAT}, got {format!r}: open "
                           "the session with the version that wrote it")  # fmt: skip
    if line["do"] == "state" or line["do"] in NOTES:
        return line
    try:
        message = _message(line)
        own = {key: line[key] for key in ("seq", "at", "who", "name")}
    except (KeyError, IndexError, TypeError, ValueError) as error:
        lacks = f"without {error}" if isinstance(error, KeyError) else f"that cannot be read ({error})"
        raise SessionError(f"the session's log, seq {line['seq']}: expected a {line['do']} of format 1, got one "
                           f"{lacks}") from None  # fmt: skip
    rows = {"rows": line["rows"]} if "rows" in line else {}
    return {**own, "do": "change", **to_fields(Entry(message, pane=line.get("pane", 0))), **rows}


def _message(line: Line) -> messages.EditingMessage:  # noqa: C901 - one case a kind of line
    match line["do"]:
        case "stroke":
            drawn = line["step"]["stroke"]
            columns = [float(row[column]) for column in range(4) for row in drawn["matrix"]]
            return messages.Stroke(0, drawn["polygon"], columns, drawn["operation"])
        case "recall":
            return messages.Recall(0, line["of"], line["operation"])
        case "clear":
            return messages.Clear(0)
        case "undo":
            return messages.Undo(0)
        case "redo":
            return messages.Redo(0)
        case "name":
            return messages.Name(line["of"])
        case "forget":
            return messages.Forget(line["of"])
        case "mark":
            return messages.Mark(line["of"], line["on"])
        case "view":
            view = line["view"]
            return messages.View(view["projection"], view["classes"], view["conductor"])
        case "record":
            return messages.Record(line["on"])
        case do:
            raise SessionError(f"the session's log, seq {line['seq']}: expected a line of format 1, got the unknown "
                               f"kind {do[:40]!r}: restore the file, or move the folder away")  # fmt: skip
