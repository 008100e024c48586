# SPDX-License-Identifier: GPL-3.0-or-later
"""Official papers in the Party's layout (boxes of 36-HD/VPTW appendix 1), as DOCX and as PDF with a text layer."""
import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Paper:
    superior: str  # box 2, first line; may be empty
    issuer: str  # box 2, second line
    number: str  # box 3: "Số 15-CV/VPTU"
    place_date: str  # box 4
    kind: str  # box 5a: "THÔNG BÁO"; empty for a công văn, which prints none
    subject: str  # trích yếu
    addressees: tuple  # box 9a, "Kính gửi"
    body: tuple
    authority: str  # box 7a: "T/M TỈNH UỶ", "CHÁNH VĂN PHÒNG"
    signer: str
    recipients: tuple  # box 9b, "Nơi nhận"
    secrecy: str = ""  # box 10a

    def left(self):
        """The left column of the head, top to bottom: (text, style)."""
        head = [(self.superior, "")] if self.superior else []
        head += [(self.issuer, "b"), ("*", ""), (self.number, "")]
        if self.secrecy:
            head.append((self.secrecy, "b"))
        if not self.kind:
            head.append((self.subject, "i"))
        return head

    def right(self):
        return [("ĐẢNG CỘNG SẢN VIỆT NAM", "b"), (self.place_date, "i")]

    def middle(self):
        """Between head and foot: (text, style), style "c" for centred."""
        rows = [(self.kind, "bc"), (self.subject, "bc")] if self.kind else []
        rows += [("Kính gửi: " + "; ".join(self.addressees), "c")] if self.addressees else []
        return rows + [(line, "") for line in self.body]

    def foot_left(self):
        return [("Nơi nhận:", "bi"), *[(f"- {line}", "") for line in self.recipients]]

    def foot_right(self):
        return [(self.authority, "b"), ("", ""), ("(đã ký)", "i"), ("", ""), (self.signer, "b")]


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _run(text, style):
    marks = "".join(f"<w:{mark}/>" for mark in "bi" if mark in style)
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(text, style, centred):
    place = '<w:pPr><w:jc w:val="center"/></w:pPr>' if centred or "c" in style else ""
    return f"<w:p>{place}{_run(text, style)}</w:p>"


def _columns(left, right, centred):
    def cell(rows, middle):
        return ('<w:tc><w:tcPr><w:tcW w:w="4700" w:type="dxa"/></w:tcPr>'
                + "".join(_paragraph(text, style, middle) for text, style in rows) + "</w:tc>")

    return ('<w:tbl><w:tblPr><w:tblW w:w="9400" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="4700"/>'
            f'<w:gridCol w:w="4700"/></w:tblGrid><w:tr>{cell(left, centred)}{cell(right, True)}</w:tr></w:tbl>')


def docx(paper):
    """@return the octets of a file that Word and LibreOffice open"""
    document = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {_W}><w:body>'
                + _columns(paper.left(), paper.right(), True)
                + "".join(_paragraph(text, style, False) for text, style in paper.middle())
                + _columns(paper.foot_left(), paper.foot_right(), False)
                + '<w:p/><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>')
    styles = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles {_W}><w:docDefaults><w:rPrDefault>'
              '<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
              '<w:sz w:val="28"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>')
    package = "application/vnd.openxmlformats-package.relationships+xml"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    members = {
        "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
                               f'package/2006/content-types"><Default Extension="rels" ContentType="{package}"/>'
                               '<Default Extension="xml" ContentType="application/xml"/>'
                               f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
                               f'<Override PartName="/word/styles.xml" ContentType="{word}.styles+xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0" encoding="UTF-8"?>{relations}<Relationship Id="rId1" '
                       f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<?xml version="1.0" encoding="UTF-8"?>{relations}<Relationship Id="rId1" '
                                        f'Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "word/document.xml": document,
        "word/styles.xml": styles,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return out.getvalue()


def pdf(paper):
    """@return the octets of a one-page A4 PDF whose text can be selected and searched"""
    # Here, not above: only who makes a PDF needs the library.
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    fonts = "/usr/share/fonts/truetype/dejavu"
    pdfmetrics.registerFont(TTFont("Serif", f"{fonts}/DejaVuSerif.ttf"))
    pdfmetrics.registerFont(TTFont("Serif-Bold", f"{fonts}/DejaVuSerif-Bold.ttf"))

    def flow(text, style, centred=False):
        face = "Serif-Bold" if "b" in style else "Serif"
        return Paragraph(escape(text) or "&nbsp;", ParagraphStyle(
            "line", fontName=face, fontSize=11, leading=15, spaceAfter=4,
            alignment=TA_CENTER if centred or "c" in style else 0))

    def columns(left, right, centred):
        table = Table([[[flow(*row, centred) for row in left], [flow(*row, True) for row in right]]],
                      colWidths=[230, 250])
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
        return table

    out = io.BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, topMargin=56, bottomMargin=56, leftMargin=56, rightMargin=56,
                                 title=f"{paper.number} {paper.subject}", author=paper.issuer)
    document.build([columns(paper.left(), paper.right(), True), Spacer(1, 12),
                    *[flow(*row) for row in paper.middle()], Spacer(1, 18),
                    columns(paper.foot_left(), paper.foot_right(), False)])
    return out.getvalue()


def program_in_zip(inner_name):
    """@return a ZIP whose one member looks like a Windows program by its content. Inert: a head without code."""
    head = bytearray(0x400)
    head[0:2] = b"MZ"
    head[0x3C:0x40] = (0x80).to_bytes(4, "little")  # where the PE head stands
    head[0x40:0x78] = b"This program cannot be run in DOS mode.\r\r\n$".ljust(0x38, b"\0")
    head[0x80:0x84] = b"PE\0\0"
    head[0x84:0x86] = (0x8664).to_bytes(2, "little")  # machine: x86-64
    head[0x94:0x96] = (0xF0).to_bytes(2, "little")  # size of the optional head
    head[0x96:0x98] = (0x0022).to_bytes(2, "little")  # executable image
    head[0x98:0x9A] = (0x020B).to_bytes(2, "little")  # PE32+
    head[0xDC:0xDE] = (2).to_bytes(2, "little")  # subsystem: graphical
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(inner_name, bytes(head))
    return out.getvalue()
