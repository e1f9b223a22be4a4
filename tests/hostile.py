"""Files that an operator may be sent: sound, odd, broken and hostile, made when they are needed."""

import io
import os
import re
import zipfile
import zlib
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter

SHOWN = "The council meets every quarter"  # Words that a reader of the file sees.
SECRET = "unseen orders"  # Words that nobody who looks at the file sees.
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
NO_MAP = (
    b"<</Type/Font/Subtype/Type0/BaseFont/Odd/Encoding/Identity-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType2/BaseFont/Odd/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
    b"/Supplement 0>>>>]>>"
)
PICTURE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
    b"/Length 1>>stream\n\0\nendstream"
)
SCAN = b"q 612 0 0 792 0 0 cm /Im Do Q "


class Odd(NamedTuple):
    name: str
    data: bytes | str
    outcome: str
    """Why nothing is kept; `kept` where it is read."""

    hides: bool = False
    """Whether it holds words that must be kept out, and told of."""


def pdf(content=b"", *, page=b"", font=FONT, more=None, stream=b"", catalog=b""):
    """Return a PDF of one page, written by hand so that nothing mends it."""
    body = stream or b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources"
        b"<</Font<</F 5 0 R>>/XObject<</Im 6 0 R/Fm 7 0 R>>>>%s>>" % page,
        4: body,
        5: font,
        6: PICTURE,
        7: b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</Fm 7 0 R>>>>"
        b"/Length 6>>stream\n/Fm Do\nendstream",
    } | (more or {})
    out, places = b"%PDF-1.7\n", {}
    for number, value in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start, size = len(out), max(objects) + 1
    rows = [
        b"%010d %05d %s \n" % ((places[n], 0, b"n") if n in places else (0, 65535, b"f"))
        for n in range(size)
    ]
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return out + b"xref\n0 %d\n" % size + b"".join(rows) + trailer


def pdf_words(text, at=b"1 0 0 1 72 700 Tm", size=11):
    return b" BT /F %d Tf %s (%s) Tj ET " % (size, at, text.encode())


def _shown(before=b"", after=b""):
    return before + pdf_words(f"{SHOWN} and reports to the Cabinet.") + after


def _locked(algorithm, user="of ours"):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(_shown()))))
    writer.encrypt(user, "another", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _flate(data, times=1):
    for _ in range(times):
        data = zlib.compress(data, 9)
    names = b"/FlateDecode" * times
    return b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(data), names, data)


def _docx(body="", *, styles="", more=None):
    """Return a Word document around the inside of its body, or with a whole part of one's own."""
    said = f"<w:p><w:r><w:t>{SHOWN}.</w:t></w:r></w:p>{body!s}"
    whole = f'<?xml version="1.0"?><w:document {W}><w:body>{said}</w:body></w:document>'.encode()
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override PartName='
        '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": body if isinstance(body, bytes) else whole,
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
    } | (more or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def _run(properties):
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>{SECRET}</w:t></w:r></w:p>"


def _with_entities(declared, used):
    text = f"<w:p><w:r><w:t>{used}</w:t></w:r></w:p>"
    return (
        f'<?xml version="1.0"?><!DOCTYPE d [{declared}]><w:document {W}><w:body>{text}</w:body>'
        "</w:document>"
    ).encode()


def _flagged(archive):
    """Return an archive whose files say that they are encrypted."""
    return re.sub(rb"(PK\x01\x02.{4})..", b"\\1\x01\x00", archive, flags=re.DOTALL)


def _page(body, head=""):
    return f"<html lang=en><head>{head}</head><body><p>{SHOWN}.</p>{body}</body></html>"


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
)

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def odd_files():
    plain = pdf(_shown())
    outside = _with_entities('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")
    style = '<w:style w:type="character" w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style>'
    sheet = "<style>.x{display:none}</style>"
    gone = f"<w:p><w:del><w:r><w:delText>{SECRET}</w:delText></w:r></w:del></w:p>"
    drawn = pdf(b"BT /F 11 Tf <000100020003000400050006> Tj ET", font=NO_MAP)
    acts = pdf(_shown(), catalog=b"/OpenAction<</S/URI/URI(http://127.0.0.1:9/)>>")
    nested = pdf(more={2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"})
    return (
        Odd("plain.pdf", plain, "kept"),
        *(
            Odd(f"{cipher.lower()}.pdf", _locked(cipher), "encrypted")
            for cipher in ("RC4-40", "AES-128", "AES-256")
        ),
        Odd("protected.pdf", _locked("AES-256", ""), "kept"),
        Odd("cut.pdf", plain[: len(plain) // 2], "truncated"),
        Odd("noise.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n", "damaged"),
        Odd("bomb.pdf", pdf(stream=_flate(bytes(200 * 2**20))), "bomb"),
        Odd("bomb-in-bomb.pdf", pdf(stream=_flate(bytes(200 * 2**20), 2)), "bomb"),
        Odd("huge-page.pdf", pdf(_shown(), page=b"/MediaBox[0 0 1e9 1e9]"), "kept"),
        Odd("tree-without-end.pdf", nested, "damaged"),
        Odd("form-in-itself.pdf", pdf(_shown(b"/Fm Do ")), "kept"),
        Odd("many-words.pdf", pdf(pdf_words("quarter ") * 200_000), "slow"),
        Odd("deep.pdf", pdf(b"[" * 200_000), "bomb"),
        Odd("unpainted.pdf", pdf(_shown(b"3 Tr " + pdf_words(SECRET) + b"0 Tr ")), "kept", True),
        Odd("white.pdf", pdf(_shown(b"q 1 g " + pdf_words(SECRET) + b"Q ")), "kept", True),
        Odd("tiny.pdf", pdf(_shown(pdf_words(SECRET, size=1))), "kept", True),
        Odd("away.pdf", pdf(_shown(pdf_words(SECRET, b"1 0 0 1 -900 9 Tm"))), "kept", True),
        Odd("on-dark.pdf", pdf(b"0 g 0 600 612 150 re f 1 g " + _shown()), "kept"),
        Odd("no-map.pdf", drawn, "no letters"),
        Odd("scan.pdf", pdf(SCAN), "scanned"),
        Odd("scan-with-words.pdf", pdf(SCAN + b"3 Tr " + _shown()), "kept"),
        Odd("blank.pdf", pdf(b" "), "empty"),
        Odd("acts.pdf", acts, "kept"),
        Odd("a-pdf.docx", plain, "mismatch"),
        Odd("plain.docx", _docx(), "kept"),
        Odd("hidden.docx", _docx(_run("<w:vanish/>")), "kept", True),
        Odd("white.docx", _docx(_run('<w:color w:val="FFFFFF"/>')), "kept", True),
        Odd("by-style.docx", _docx(_run('<w:rStyle w:val="h"/>'), styles=style), "kept", True),
        Odd("tracked.docx", _docx(gone), "kept"),
        Odd("bomb.docx", _docx(more={"word/media/a.xml": bytes(120 * 2**20)}), "bomb"),
        Odd("many-parts.docx", _docx(more={f"word/{n}.bin": b"" for n in range(6_000)}), "bomb"),
        Odd("entities.docx", _docx(_with_entities(LAUGHS, "&l11;")), "bomb"),
        Odd("outside.docx", _docx(outside), "bomb"),
        Odd("outside-wide.docx", _docx(outside.decode().encode("utf-16")), "bomb"),
        Odd("cut.docx", _docx()[:-200], "truncated"),
        Odd("archive.docx", _docx().replace(b"/document.xml", b"/documint.xml"), "mismatch"),
        Odd("no-xml.docx", _docx(b"<w:document"), "damaged"),
        Odd("old.docx", OLD, "mismatch"),
        Odd("locked.docx", OLD + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        Odd("locked-parts.docx", _flagged(_docx()), "encrypted"),
        Odd("climbing.docx", _docx(more={"../climbed.xml": b"<a/>"}), "kept"),
        Odd("plain.html", _page("<table><tr><td>a<td>b</table>"), "kept"),
        Odd("hidden.html", _page(f"<p hidden>{SECRET}</p>"), "kept", True),
        Odd("by-sheet.html", _page(f"<p class=x>{SECRET}", sheet), "kept", True),
        Odd("white.html", _page(f'<p style="color:#fff">{SECRET}'), "kept", True),
        Odd("reaching.html", _page('<img src="http://127.0.0.1:9/a"><script>x</script>'), "kept"),
        Odd("deep.html", _page("<div>" * 10_000), "bomb"),
        Odd("named.html", _page("<p>caf\xe9", "<meta charset=cp1252>").encode("cp1252"), "kept"),
        Odd("unnamed.html", _page("<p>caf\xe9").encode("cp1252"), "encoding"),
        Odd("comment.md", f"# Plan\n\n{SHOWN}.\n\n<span hidden>{SECRET}</span>\n", "kept", True),
        Odd("brackets.md", f"{SHOWN}.\n\n" + "[" * 20_000, "kept"),
        Odd("wide.txt", f"{SHOWN}.".encode("utf-16"), "kept"),
        Odd("tags.txt", SHOWN + "".join(chr(0xE0000 + ord(one)) for one in SECRET), "kept", True),
        Odd("latin.txt", "caf\xe9 au lait".encode("latin-1"), "encoding"),
        Odd("noise.txt", bytes(range(256)) * 40, "mismatch"),
        Odd("nothing.txt", b"", "empty"),
        Odd("one-line.txt", f"{SHOWN}. " * 20_000, "kept"),
        Odd("link.txt", "link", "symlink"),
        Odd("pipe.txt", "pipe", "not a file"),
        Odd("folder.txt", "folder", "not a file"),
        Odd("large.txt", "large", "too large"),
        Odd("program.exe", b"MZ", "unknown format"),
    )


def write(odd, folder):
    path = folder / odd.name
    made = {
        "link.txt": lambda: path.symlink_to("/etc/hostname"),
        "pipe.txt": lambda: os.mkfifo(path),
        "folder.txt": path.mkdir,
    }
    data = odd.data if isinstance(odd.data, bytes) else odd.data.encode()
    made.get(odd.name, lambda: path.write_bytes(data))()
    if odd.name == "large.txt":
        os.truncate(path, 70 * 2**20)
    return path
