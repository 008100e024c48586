// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/registers/registers.hpp"

/// How registers are called in Vietnamese, the same on a terminal, in a file and on paper.
namespace vanthu::registers {

/// "Sổ văn bản đi, ký hiệu TB/TU, nhiệm kỳ XX, 2025-2030"
std::string title_of(const Key& key);
/// "24/8/2016"; as offices write it, days below 10 and the months 1 and 2 with a zero. What is no day stays as it is.
std::string printed_day(std::string_view iso);
/// "14.30, 24/8/2016" in Viet Nam, of an RFC 3339 time in UTC. What is none stays as it is.
std::string printed_time(std::string_view rfc3339);
/// "01-TB/TU"; "-" where there is neither number nor symbol.
std::string printed_symbol(const Card& card);
/// "Thông báo: Kết luận …", in one line
std::string kind_and_subject(const Card& card);
/// "đã tiếp nhận 43/45; từ chối 1"; empty where it went to no mailroom
std::string acknowledged(const Receipts& receipts);
std::string state_of(const Item& item);  ///< "chờ vào sổ", "số đến 12", "từ chối: thiếu trang …"
std::string state_of(const Line& line);  ///< "đã gửi", "đã cấp số, chưa gửi", "đã vào sổ", "ĐÃ HUỶ"
std::string urgency_of(const Card& card);    ///< "", "khẩn", …
std::string signature_of(const Card& card);  ///< "chưa ký số, chỉ có giá trị tham khảo", "hợp lệ", …
/// Everything that a reader must know beside the columns: cancelled, late, again, versions, waited, remarks.
std::string remarks_of(const Line& line);
/// What was struck through: "trích yếu: … → … (huong, 24/11/2026: đọc sai)", one a line.
std::string corrections_of(const Line& line);
/// In capitals, as bodies are printed on a cover.
std::string in_capitals(std::string_view utf8);
/// Before what: by Vietnamese rules (A Ă Â B C D Đ E Ê …; tones last).
bool before(std::string_view a, std::string_view b);

}  // namespace vanthu::registers
