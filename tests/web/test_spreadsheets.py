"""What strangers write is never a formula in a CSV file."""

import re

import pytest

from tests.architecture.tree import ROOT
from web.spreadsheets import cells


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+SUM(1)", "-2+3", "@cmd", "\t=1", "\r=1", "\n=1", "\uff1d1"]
)
def test_a_text_that_a_spreadsheet_would_run_is_a_text(text: str) -> None:
    assert cells([text]) == [f"'{text}"]


def test_all_else_stays_as_it_is() -> None:
    assert cells(["Søndergade 3", 7, -7, None, "a=b"]) == ["Søndergade 3", 7, -7, "", "a=b"]


def test_every_csv_file_that_a_service_writes_has_such_cells() -> None:
    writers = [
        path for path in (ROOT / "services").rglob("*.py") if re.search(r"csv\.(\w*W|w)riter\(", path.read_text())
    ]

    assert writers
    assert [path for path in writers if "from web.spreadsheets import cells" not in path.read_text()] == []
