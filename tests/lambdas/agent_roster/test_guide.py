"""The picture of the guide "Agents from a spreadsheet": the result file that both functions write for its file."""

from __future__ import annotations

from scripts import result_picture


def test_the_picture_has_the_result_file_that_both_functions_write() -> None:
    """S4-36: `python scripts/result_picture.py` draws it again."""
    name, content = result_picture.result()

    assert result_picture.PICTURE.read_text(encoding="utf-8") == result_picture.draw(name, content)
    assert content.decode("utf-8-sig").splitlines()[1].startswith("2,grace,created,")
