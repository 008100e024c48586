# SPDX-License-Identifier: GPL-3.0-or-later
"""The eight sample letters: what each is and what must become of it."""
import datetime
import secrets
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import papers
from layout import DOMAIN
from say import pick

UNITS = ("btctu", "btgdvtu", "bnctu", "ubkttu", "vptu")  # members of g.bandang
OFFICE = f"vanthu.vptu@{DOMAIN}"


def at(local_part):
    return f"{local_part}@{DOMAIN}"


@dataclass(frozen=True)
class Letter:
    number: int
    title: str
    expected: str
    door: str
    login: str  # address, or "" at the MX port
    reverse_path: str
    forward_paths: tuple
    message_id: str
    octets: bytes
    delivered: tuple = ()  # mailboxes it must lie in
    archived: str = ""  # "in" or "out": there must be a record of that direction
    in_record: tuple = ()  # addresses that the record must name
    refused: tuple = ()  # (step, reply code, enhanced code, words the reply must hold …)
    leaves_nothing: bool = False  # no trace of its words in data or logs
    secret_words: tuple = ()  # what leaves_nothing looks for


def _today():
    day = datetime.date.today()
    return f"ngày {day.day:02d} tháng {day.month} năm {day.year}"


class _Folding(policy.EmailPolicy):
    """Subjects in encoded words with their spaces in them: a reader drops what stands between two of them (RFC 2047 §6.2), and
    that is where EmailPolicy puts a space at which it folds."""

    def fold_binary(self, name, value):
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        words = value.split(" ")
        encoded = [index for index, word in enumerate(words) if not word.isascii()]
        begin, end = encoded[0], encoded[-1] + 1
        text = Header(header_name=name)
        for part, charset in ((words[:begin], "us-ascii"), (words[begin:end], "utf-8"), (words[end:], "us-ascii")):
            if part:
                text.append(" ".join(part), charset)
        return f"{name}: {text.encode(linesep=self.linesep)}{self.linesep}".encode("ascii")


_SMTP = _Folding(linesep="\r\n")


def _message(sender, to, subject, text, message_id, attachments=()):
    message = EmailMessage(policy=_SMTP)
    message["From"] = Address(display_name=sender[0], addr_spec=sender[1])
    message["To"] = [Address(display_name=name, addr_spec=address) for name, address in to]
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.datetime.now().astimezone())
    message["Message-ID"] = message_id
    message.set_content(text)
    for name, main, sub, octets in attachments:
        message.add_attachment(octets, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


_DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
_PDF = ("application", "pdf")


def cong_van(secrecy=""):
    return papers.Paper(
        superior="TỈNH UỶ HÀ TĨNH", issuer="VĂN PHÒNG", number="Số 15-CV/VPTU",
        place_date=f"Hà Tĩnh, {_today()}", kind="",
        subject="V/v chuẩn bị tài liệu hội nghị chuyển đổi số", addressees=("Ban Tổ chức Tỉnh uỷ",),
        body=("Thực hiện chương trình công tác, Văn phòng Tỉnh uỷ đề nghị Ban Tổ chức Tỉnh uỷ chuẩn bị báo cáo về việc "
              "sử dụng thư điện tử công vụ và gửi về Văn phòng trước ngày họp.",
              "Văn phòng Tỉnh uỷ đề nghị Ban quan tâm phối hợp."),
        authority="CHÁNH VĂN PHÒNG", signer="Đặng Khắc Đạt",
        recipients=("Như trên;", "Lãnh đạo Văn phòng;", "Lưu Văn phòng Tỉnh uỷ."), secrecy=secrecy)


def thong_bao():
    return papers.Paper(
        superior="", issuer="TỈNH UỶ HÀ TĨNH", number="Số 07-TB/TU", place_date=f"Hà Tĩnh, {_today()}",
        kind="THÔNG BÁO", subject="về việc sử dụng Hệ thống thư điện tử của Đảng bộ tỉnh", addressees=(),
        body=("Thường trực Tỉnh uỷ thông báo: từ nay văn bản giữa các cơ quan được gửi từ hộp thư cơ quan đến hộp thư "
              "cơ quan, qua cổng thư của Đảng bộ tỉnh.",
              "Đề nghị các cơ quan phân công cán bộ văn thư mở hộp thư hằng ngày."),
        authority="T/L BAN THƯỜNG VỤ – CHÁNH VĂN PHÒNG", signer="Đặng Khắc Đạt",
        recipients=("Các ban Đảng, UBKT, Văn phòng Tỉnh uỷ;", "Lưu Văn phòng Tỉnh uỷ."))


def thong_bao_nghe_an():
    return papers.Paper(
        superior="", issuer="TỈNH UỶ NGHỆ AN", number="Số 112-TB/TU", place_date=f"Nghệ An, {_today()}",
        kind="THÔNG BÁO", subject="về lịch làm việc của đoàn công tác tại tỉnh Hà Tĩnh", addressees=(),
        body=("Tỉnh uỷ Nghệ An thông báo lịch làm việc của đoàn công tác trao đổi kinh nghiệm chuyển đổi số.",
              "Đề nghị Văn phòng Tỉnh uỷ Hà Tĩnh phối hợp, bố trí nội dung và địa điểm."),
        authority="T/L BAN THƯỜNG VỤ – CHÁNH VĂN PHÒNG", signer="Phan Văn Lam",
        recipients=("Văn phòng Tỉnh uỷ Hà Tĩnh;", "Lưu Văn phòng Tỉnh uỷ Nghệ An."))


def compose():
    """The letters of one run; each has a Message-ID of its own, so that a second run finds its own ones."""
    run = secrets.token_hex(4)

    def ident(number):
        return f"<thu-{number}.{run}@may-tram.{DOMAIN}>"

    khoa, huong = ("Trần Bá Khoa", at("khoatb")), ("Võ Thị Tuyết Hương", at("huongvtt"))
    office, btctu = ("Văn phòng Tỉnh uỷ", OFFICE), ("Ban Tổ chức Tỉnh uỷ", at("vanthu.btctu"))
    token = f"mau-{run}"  # stands in subject and file name of letter 4, and nowhere else
    return [
        Letter(1, pick("Thư riêng giữa hai đồng nghiệp", "An ordinary private note between two colleagues"),
               pick("giao; không lưu trữ", "delivered, not archived"),
               "submission", khoa[1], khoa[1], (huong[1],), ident(1),
               _message(khoa, [huong], "Trưa nay ăn cơm ở đâu?", "Chị Hương ơi, trưa nay ra quán bà Thu nhé!\n\nKhoa\n",
                        ident(1)),
               delivered=(huong[1],)),
        Letter(2, pick("Công văn 15-CV/VPTU (DOCX) từ hộp thư cơ quan", "Official letter 15-CV/VPTU (DOCX), office to unit"),
               pick("giao; lưu trữ", "delivered, archived"),
               "submissions", at("kienth"), OFFICE, (btctu[1],), ident(2),
               _message(office, [btctu], "15-CV/VPTU: V/v chuẩn bị tài liệu hội nghị chuyển đổi số",
                        "Kính gửi Ban Tổ chức Tỉnh uỷ công văn kèm theo.\n\nVăn phòng Tỉnh uỷ\n", ident(2),
                        [("15-CV-VPTU.docx", *_DOCX, papers.docx(cong_van()))]),
               delivered=(btctu[1],), archived="out", in_record=(btctu[1],)),
        Letter(3, pick("Thông báo 07-TB/TU (PDF) gửi nhóm, Bcc một người", "Notice 07-TB/TU (PDF) to a group, one Bcc"),
               pick("một hồ sơ; mọi thành viên nhận được; Bcc có trong hồ sơ",
                    "one record, every member served, Bcc kept in the record"),
               "submission", at("kienth"), OFFICE, (at("g.bandang"), at("cvp")), ident(3),
               _message(office, [("Các ban Đảng, UBKT, Văn phòng Tỉnh uỷ", at("g.bandang"))],
                        "07-TB/TU: Thông báo về việc sử dụng Hệ thống thư điện tử của Đảng bộ tỉnh",
                        "Kính gửi các cơ quan thông báo kèm theo.\n\nVăn phòng Tỉnh uỷ\n", ident(3),
                        [("07-TB-TU.pdf", *_PDF, papers.pdf(thong_bao()))]),
               delivered=(*(at(f"vanthu.{unit}") for unit in UNITS), at("cvp")), archived="out",
               in_record=(*(at(f"vanthu.{unit}") for unit in UNITS), at("cvp"))),
        Letter(4, pick("Văn bản DOCX có dấu chỉ mức độ MẬT", "A DOCX that carries the marking MẬT"),
               pick("từ chối ở cuối DATA; không lưu gì", "refused at the end of DATA, nothing stored"),
               "submissions", at("kienth"), OFFICE, (btctu[1],), ident(4),
               _message(office, [btctu], f"Văn bản {token}", "Kính gửi văn bản kèm theo.\n", ident(4),
                        [(f"{token}.docx", *_DOCX, papers.docx(cong_van("MẬT")))]),
               refused=("end", 550, "5.7.1"), leaves_nothing=True, secret_words=(token, f"thu-4.{run}")),
        Letter(5, pick("Người gửi ghi tên người khác ở From", "From names another person than the one who logged in"),
               pick("từ chối", "refused"),
               "submission", khoa[1], khoa[1], (huong[1],), ident(5),
               _message(("Nguyễn Hữu Đông", at("dongnh")), [huong], "Giao việc", "Đồng chí làm ngay việc này.\n", ident(5)),
               refused=("end", 550, "5.7.1")),
        Letter(6, pick("Thư gửi địa chỉ huyện đã đóng", "Mail to a closed district address"),
               pick("550, nêu địa chỉ kế thừa", "550 naming the successor"),
               "submission", khoa[1], khoa[1], (at("vanthu.hu.canloc"),), ident(6),
               _message(khoa, [("Huyện uỷ Can Lộc", at("vanthu.hu.canloc"))], "Hỏi lịch họp",
                        "Xin hỏi lịch họp tuần sau.\n", ident(6)),
               refused=("rcpt", 550, "5.1.6", at("vanthu.canloc"))),
        Letter(7, pick("Tệp chạy được đổi tên bao-cao.pdf trong ZIP", "An executable renamed bao-cao.pdf in a ZIP"),
               pick("từ chối; nêu tên tệp và kiểu thật", "refused, naming the inner file and its true type"),
               "submission", khoa[1], khoa[1], (huong[1],), ident(7),
               _message(khoa, [huong], "Báo cáo tuần", "Gửi chị báo cáo tuần.\n", ident(7),
                        [("bao-cao.zip", "application", "zip", papers.program_in_zip("bao-cao.pdf"))]),
               refused=("end", 550, "5.7.1", "bao-cao.pdf", "application/vnd.microsoft.portable-executable")),
        Letter(8, pick("Từ ngoài: thông báo 112-TB/TU (PDF) của tỉnh khác", "From outside: another province's notice (PDF)"),
               pick("giao; lưu trữ, chiều đến", "delivered, archived as incoming"),
               "mx", "", "vanphong@nghean.dcs.example", (OFFICE,), ident(8),
               _message(("Văn phòng Tỉnh uỷ Nghệ An", "vanphong@nghean.dcs.example"), [office],
                        "112-TB/TU: Thông báo lịch làm việc của đoàn công tác",
                        "Kính gửi Văn phòng Tỉnh uỷ Hà Tĩnh thông báo kèm theo.\n", ident(8),
                        [("112-TB-TU.pdf", *_PDF, papers.pdf(thong_bao_nghe_an()))]),
               delivered=(OFFICE,), archived="in", in_record=(OFFICE,)),
    ]
