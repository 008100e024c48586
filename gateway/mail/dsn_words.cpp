// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/dsn_words.hpp"

#include <array>

namespace vanthu::mail {
namespace {
constexpr std::array<Heading, 4> headings{{
    {"=?UTF-8?Q?Th=C6=B0_kh=C3=B4ng_g=E1=BB=ADi_=C4=91=C6=B0=E1=BB=A3c?= (undelivered mail)",
     {"không đến được các địa chỉ sau:", "could not be delivered to these addresses:"}},
    {"=?UTF-8?Q?Th=C6=B0_=C4=91=E1=BA=BFn_ch=E1=BA=ADm?= (delayed mail)",
     {"chưa đến được các địa chỉ sau; hệ thống còn gửi tiếp, đồng chí không phải gửi lại:",
      "has not reached these addresses yet; we keep trying, you need not send it again:"}},
    {"=?UTF-8?Q?Th=C6=B0_=C4=91=C3=A3_=C4=91=E1=BA=BFn?= (delivered mail)",
     {"đã đến các địa chỉ sau:", "was delivered to these addresses:"}},
    {"=?UTF-8?Q?Th=C6=B0_=C4=91=C3=A3_chuy=E1=BB=83n?= (relayed mail)",
     {"đã chuyển sang hệ thống khác, hệ thống đó không báo khi thư đến:",
      "was handed on to a system that does not report on its own:"}},
}};

struct Meaning {
  int subject, detail;  ///< of the enhanced code; detail -1: any
  Sentence words;
};
// The first that fits; RFC 3463 §3 and its registry.
constexpr auto meanings = std::to_array<Meaning>({
    {1, 1, {"Địa chỉ này không có. Xin xem lại chính tả.", "There is no such address. Please check its spelling."}},
    {1,
     2,
     {"Tên miền không có. Xin xem lại phần sau dấu @.", "There is no such domain. Please check what follows the @."}},
    {1, 6, {"Hộp thư đã đổi hoặc đã đóng.", "The mailbox has moved or was closed."}},
    {1, 10, {"Tên miền này không nhận thư.", "This domain takes no mail."}},
    {2, 1, {"Hộp thư đang bị khoá hoặc ngừng hoạt động.", "The mailbox is disabled."}},
    {2,
     2,
     {"Hộp thư đã đầy. Xin báo người nhận bằng cách khác.",
      "The mailbox is full. Please tell its owner by another way."}},
    {2, 3, {"Thư lớn hơn mức hộp thư nhận.", "The message is bigger than the mailbox takes."}},
    {3,
     4,
     {"Thư lớn hơn mức hệ thống nhận cho phép. Xin chia nhỏ tệp kèm.",
      "The message is bigger than the receiving system takes. Please send smaller attachments."}},
    {4,
     6,
     {"Thư đi vòng giữa các hệ thống; người quản trị phải sửa.",
      "The mail goes in circles; an administrator must mend it."}},
    {4,
     7,
     {"Đã hết hạn gửi: hệ thống nhận không trả lời trong thời gian quy định.",
      "The time for delivery is over: the receiving system could not be reached in time."}},
    {4, 1, {"Hệ thống nhận không trả lời.", "The receiving system does not answer."}},
    {4, 4, {"Không có đường đến hệ thống nhận.", "There is no route to the receiving system."}},
    {6, 3, {"Hệ thống nhận không nhận dạng mã của thư này.", "The receiving system does not take this encoding."}},
    {6, 7, {"Hệ thống nhận không nhận địa chỉ có dấu.", "The receiving system takes no addresses with marks."}},
    {6, 9, {"Hệ thống nhận không nhận tiêu đề dạng UTF-8.", "The receiving system takes no header in UTF-8."}},
    {7,
     4,
     {"Hệ thống nhận không mã hoá đường truyền như quy định.", "The receiving system does not encrypt as it must."}},
    {7,
     10,
     {"Hệ thống nhận không mã hoá đường truyền như quy định.", "The receiving system does not encrypt as it must."}},
    {7,
     30,
     {"Thư đòi đường truyền mã hoá (REQUIRETLS) mà hệ thống nhận không có.",
      "The message asks for encrypted transport (REQUIRETLS), which the receiving system does not have."}},
    {7, -1, {"Hệ thống nhận từ chối theo quy định của họ.", "The receiving system refused it by a rule of its own."}},
});
}  // namespace

const Heading& heading(Action action) { return headings[static_cast<std::size_t>(action)]; }

Sentence not_approved() {
  return {"Thư cần có người đồng ý trước khi gửi mà không được đồng ý; thư đã được rút khỏi hàng đợi.",
          "The message needed somebody's approval and did not get it; it was taken out of the queue."};
}

Sentence explain(const Reply& reply) {
  if (reply.positive()) return {};
  for (const Meaning& meaning : meanings)
    if (meaning.subject == reply.enhanced[1] && (meaning.detail < 0 || meaning.detail == reply.enhanced[2]))
      return meaning.words;
  return {};
}

}  // namespace vanthu::mail
