"""A platform's CSV: cells are read as another reader reads them, and only those that are changed change."""

import csv
import io
import random

import pytest

from grader.classroom.platforms.sheet import read_sheet
from grader.errors import SpecError

PIECES = ["a", "b,c", 'say ""hi""', "é", "名", " ", "", "1,5", "x\ny", "p\r\nq", '"', "'=1", "\t"]


def drawn(seed: int, separator: str, end: str) -> str:
    """A table as some program might write it: cells with and without quotes, rows of different lengths."""
    draw = random.Random(seed)
    lines = []
    for _ in range(draw.randint(1, 6)):
        cells = []
        for _ in range(draw.randint(1, 5)):
            piece = draw.choice(PIECES)
            quote = (
                draw.random() < 0.4 or any(sign in piece for sign in (separator, "\n", "\r")) or piece.startswith('"')
            )
            cells.append('"' + piece.replace('""', '"').replace('"', '""') + '"' if quote else piece)
        lines.append(separator.join(cells))
    return "first" + separator + "second" + end + end.join(lines) + draw.choice(["", end])


def written(tmp_path, data):
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_are_those_of_the_csv_module(tmp_path, separator, end):
    for seed in range(60):
        text = drawn(seed, separator, end)
        sheet = read_sheet(written(tmp_path, text.encode()))
        assert sheet.separator == separator
        found = [[cell.value for cell in row.cells] for row in (sheet.header, *sheet.rows)]
        assert found == [row or [""] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
        assert sheet.data() == text.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_change_changes_one_cell_whatever_the_encoding(tmp_path, encoding):
    text = 'Näme,"Mark, in all"\r\n"Öztürk, Ada",""\nBob,\n'
    sheet = read_sheet(written(tmp_path, text.encode(encoding)))
    sheet.put(sheet.rows[0], 1, "7")
    sheet.put(sheet.rows[1], 1, "1,5")
    assert sheet.data() == 'Näme,"Mark, in all"\r\n"Öztürk, Ada","7"\nBob,"1,5"\n'.encode(encoding)


def test_the_same_value_leaves_the_bytes(tmp_path):
    sheet = read_sheet(written(tmp_path, b'a,b\n"x","7"\n'))
    sheet.put(sheet.rows[0], 1, "7")
    assert sheet.data() == b'a,b\n"x","7"\n'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'a,b\n"x,y\n', "table.csv:2:1: is no CSV: a quote is not closed"),
        (b"", "table.csv: is empty: export it from the platform again"),
        (b"\n\n,,\n", "table.csv: is empty"),
        (b"PK\x03\x04", "is a spreadsheet: save it as CSV"),
        (b"a,\x00b\n", "is no text in UTF-8"),
    ],
)
def test_what_is_no_table_is_said_with_its_line(tmp_path, data, message):
    with pytest.raises(SpecError, match=message):
        read_sheet(written(tmp_path, data))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SpecError, match=r"nothing\.csv: cannot be read: No such file"):
        read_sheet(tmp_path / "nothing.csv")
