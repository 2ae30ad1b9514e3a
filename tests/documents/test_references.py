import io
import zipfile

import docx
import pytest

from documents.models import ReferenceFile
from documents.references import add_reference_file
from documents.uploads import UploadRejected, read_reference

CONTENT_TYPES = "[Content_Types].xml"


def word(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("After the table")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(data: bytes, part: str, body: bytes) -> bytes:
    """The same archive with one part replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind", "text"),
    [
        ("a.txt", b"Hello", "txt", "Hello"),
        ("A.TXT", "Grüße".encode(), "txt", "Grüße"),
        ("a.md", b"# Hi\r\nthere\r!", "md", "# Hi\nthere\n!"),
        ("a.markdown", b"# Hi", "md", "# Hi"),
        ("a.csv", "name,price\nCafé,3 €".encode("utf-8-sig"), "csv", "name,price\nCafé,3 €"),
        ("western.csv", "Café;3 €".encode("cp1252"), "csv", "Café;3 €"),
        ("notepad.txt", "Grüße".encode("utf-16"), "txt", "Grüße"),
    ],
)
def test_text_is_read_whatever_wrote_it(name, data, kind, text):
    assert read_reference(name, data) == (kind, text)


def test_a_word_document_is_read_with_its_tables_in_order():
    data = word("First", "Second ünïcode", rows=(("Size", "Price"), ("L", "3 €")))
    kind, text = read_reference("brief.docx", data)
    assert kind == "docx"
    assert text == "First\nSecond ünïcode\nSize\tPrice\nL\t3 €\nAfter the table"


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = repacked(word("Hi"), "word/document.xml", bytes(400_000_000))
    assert len(bomb) < 2_000_000
    with pytest.raises(UploadRejected, match=r"unpack to 400\.\d MB in \d+ parts"):
        read_reference("bomb.docx", bomb)


def test_a_word_document_of_too_many_parts_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for index in range(1_001):
            archive.writestr(f"p{index}", "")
    with pytest.raises(UploadRejected, match="1,001 parts"):
        read_reference("a.docx", out.getvalue())


def test_entities_that_grow_are_not_expanded():
    declared = b'<!DOCTYPE z [<!ENTITY a "lollollollol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )
    xml = zipfile.ZipFile(io.BytesIO(word("Marker"))).read("word/document.xml")
    head, _, rest = xml.partition(b"?>")
    evil = head + b"?>" + declared + b"]>" + rest.replace(b"Marker", b"&j;")
    try:
        _, text = read_reference("a.docx", repacked(word("x"), "word/document.xml", evil))
    except UploadRejected as error:
        assert error.code in {"damaged", "empty", "too_demanding"}
    else:
        assert "lol" not in text


def test_a_table_that_claims_a_billion_columns_costs_no_more_than_its_cells():
    table = word("x", rows=(("a", "b"),))
    xml = zipfile.ZipFile(io.BytesIO(table)).read("word/document.xml")
    evil = xml.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="1000000000"/>', 1)
    assert evil != xml
    _, text = read_reference("a.docx", repacked(table, "word/document.xml", evil))
    assert text == "x\na\tb\nAfter the table"


@pytest.mark.parametrize(
    ("name", "data", "code", "says"),
    [
        ("a.txt", b"", "empty", "empty"),
        ("a.txt", b" \n ", "empty", "no text"),
        ("a.txt", b"a\x00b", "binary", "binary data"),
        ("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", "binary", "binary data"),
        ("a.txt", b"a" * 2_000_001, "too_large", "at most 2.0 MB"),
        ("a.exe", b"MZ", "format", ".txt, .md, .csv or .docx"),
        ("noending", b"Hello", "format", ".txt, .md, .csv or .docx"),
        ("a.txt\x00.exe", b"Hello", "format", ".txt, .md, .csv or .docx"),
        ("a.pdf", b"%PDF", "format", ".txt, .md, .csv or .docx"),
        ("a.docx", b"Hello", "format", "no Word document"),
        ("a.docx", b"PK\x03\x04broken", "damaged", "damaged or cut off"),
        ("a.docx", word("Hi")[:-300], "damaged", "damaged or cut off"),
        ("a.docx", word(""), "empty", "no text"),
        ("a.txt", word("Hi"), "binary", "binary data"),
    ],
)
def test_a_bad_reference_file_is_refused_in_plain_words(name, data, code, says):
    with pytest.raises(UploadRejected) as error:
        read_reference(name, data)
    assert error.value.code == code
    assert says in error.value.message


def test_a_zip_that_is_no_word_document_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(CONTENT_TYPES, "")
    with pytest.raises(UploadRejected, match="no Word document"):
        read_reference("a.docx", out.getvalue())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..\\..\\windows\\brief.txt", "brief.txt"),
        ("../../etc/brief.txt", "brief.txt"),
        ("C:\\brief.txt", "brief.txt"),
        ("br\x00ief\n.txt", "brief.txt"),
        ("a\u202etxt.txt", "atxt.txt"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_the_name_is_kept_for_people_alone(workspace, author, name, shown):
    row = add_reference_file(workspace=workspace, name=name, data=b"Hello", uploaded_by=author)
    row = ReferenceFile.objects.get(pk=row.pk)
    assert row.name == shown
    assert (row.text, row.kind, row.size, row.uploaded_by) == ("Hello", "txt", 5, author)


def test_a_refused_file_leaves_no_row(workspace):
    with pytest.raises(UploadRejected):
        add_reference_file(workspace=workspace, name="a.txt", data=b"\x00")
    assert not ReferenceFile.objects.exists()
