// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/imap.hpp"

#include <fcntl.h>
#include <libetpan/libetpan.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "admin/imports/content.hpp"

namespace vanthu::imports {
namespace {

constexpr std::uint32_t piece_octets = 1U << 20;  // of a message, fetched at one go
constexpr std::size_t messages_asked = 200;       // whose size and flags are asked for at one go

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// libetpan quotes what it is given and looks for no line end in it.
bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

template <class T>
std::vector<T*> values(clist* list) {
  std::vector<T*> all;
  if (list == nullptr) return all;
  for (clistiter* at = clist_begin(list); at != nullptr; at = clist_next(at))
    all.push_back(static_cast<T*>(clist_content(at)));
  return all;
}

std::string flag_name(const mailimap_flag& flag) {
  switch (flag.fl_type) {
    case MAILIMAP_FLAG_ANSWERED:
      return "\\Answered";
    case MAILIMAP_FLAG_FLAGGED:
      return "\\Flagged";
    case MAILIMAP_FLAG_DELETED:
      return "\\Deleted";
    case MAILIMAP_FLAG_SEEN:
      return "\\Seen";
    case MAILIMAP_FLAG_DRAFT:
      return "\\Draft";
    case MAILIMAP_FLAG_KEYWORD:
      return flag.fl_data.fl_keyword != nullptr ? flag.fl_data.fl_keyword : "";
    default:
      return flag.fl_data.fl_extension != nullptr ? std::string("\\") + flag.fl_data.fl_extension : "";
  }
}

std::string written(const mailimap_date_time& date) {
  std::array<char, 64> room{};
  const int zone = std::abs(date.dt_zone);
  std::snprintf(room.data(), room.size(), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", date.dt_year, date.dt_month,
                date.dt_day, date.dt_hour, date.dt_min, date.dt_sec, date.dt_zone < 0 ? '-' : '+', zone / 100,
                zone % 100);
  return room.data();
}

/// An unnamed file: what is in it is gone with the process.
Result<std::shared_ptr<const File>> unnamed_file(int& descriptor) {
  const char* named = std::getenv("TMPDIR");
  descriptor = ::open(named != nullptr ? named : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) descriptor = ::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fail(status::next_hop_unavailable, std::string("no temporary file can be made: ") + std::strerror(errno));
  return std::make_shared<const File>(descriptor);
}

struct Message {
  std::uint32_t uid = 0;
  std::uint64_t octets = 0;
  std::vector<std::string> flags{};
  std::string date{};
  std::string_view piece{};  // of the body, where one was asked for; valid while the answer is
  bool has_piece = false;
};

Message read_message(const mailimap_msg_att& answer) {
  Message message;
  for (const mailimap_msg_att_item* item : values<mailimap_msg_att_item>(answer.att_list)) {
    if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC && item->att_data.att_dyn != nullptr) {
      for (const mailimap_flag_fetch* flag : values<mailimap_flag_fetch>(item->att_data.att_dyn->att_list))
        if (flag->fl_flag != nullptr) message.flags.push_back(flag_name(*flag->fl_flag));
    }
    if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC || item->att_data.att_static == nullptr) continue;
    const mailimap_msg_att_static& fact = *item->att_data.att_static;
    if (fact.att_type == MAILIMAP_MSG_ATT_UID) message.uid = fact.att_data.att_uid;
    if (fact.att_type == MAILIMAP_MSG_ATT_RFC822_SIZE) message.octets = fact.att_data.att_rfc822_size;
    if (fact.att_type == MAILIMAP_MSG_ATT_INTERNALDATE && fact.att_data.att_internal_date != nullptr)
      message.date = written(*fact.att_data.att_internal_date);
    if (fact.att_type == MAILIMAP_MSG_ATT_BODY_SECTION && fact.att_data.att_body_section != nullptr) {
      message.has_piece = true;
      if (fact.att_data.att_body_section->sec_body_part != nullptr)
        message.piece = {fact.att_data.att_body_section->sec_body_part, fact.att_data.att_body_section->sec_length};
    }
  }
  return message;
}

class ImapSource final : public Source {
 public:
  explicit ImapSource(ImapOptions options) : options_(std::move(options)) {
    where_ = {options_.url.host, options_.url.port, options_.ca};
  }
  ~ImapSource() override {
    if (!imap_) return;
    if (logged_in_) mailimap_logout(imap_.get());
  }

  std::optional<std::uint64_t> count() const override { return counted_ ? std::optional(total_) : std::nullopt; }

  Result<Done> each(const std::function<bool(const Found&)>& visit) override {
    if (auto ready = log_in(); !ready) return ready;
    auto folders = folder_names();
    if (!folders) return folders.error();
    for (const std::string& folder : *folders)
      if (auto counted = count_in(folder); !counted) {
        // One that was asked for by name must be there; of all there are, one without rights is told and others go on.
        if (!options_.folders.empty() || counted.error().reply != Reply(status::not_found)) return counted;
        closed_.emplace(folder, counted.error().detail);
        ++total_;
      }
    counted_ = true;
    for (const std::string& folder : *folders) {
      if (const auto closed = closed_.find(folder); closed != closed_.end()) {
        if (!visit(unread(from_wire(folder), from_wire(folder), closed->second))) break;
        continue;
      }
      auto more = each_in(folder, visit);
      if (!more) return more.error();
      if (!*more) break;
    }
    return done;
  }

 private:
  struct Free {
    void operator()(mailimap* session) const { mailimap_free(session); }
  };

  Error wrong(const char* what) const {
    const char* words = imap_ && imap_->imap_response != nullptr ? imap_->imap_response : "";
    std::string told(words);
    told.resize(std::min<std::size_t>(told.size(), 200));
    return fail(status::next_hop_unavailable,
                where_.host + ':' + std::to_string(where_.port) + ": " + what + (told.empty() ? "" : ": " + told));
  }

  Result<Done> log_in() {
    if (!is_one_line(options_.url.user) || !is_one_line(options_.password))
      return fail(status::bad_arguments,
                  "tên hoặc mật khẩu có ký tự điều khiển (control characters in user or password)");
    auto stream = connect_imap(where_, options_.url.tls && !options_.plain);
    if (!stream) return stream.error();
    imap_.reset(mailimap_new(0, nullptr));
    // With the certificate of a middle man still unseen, a greeting that says we are logged in is not believed.
    if (const int greeted = mailimap_connect(imap_.get(), *stream); greeted != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
      return wrong("no greeting of a server that wants a login");
    if (!options_.url.tls && !options_.plain) {
      if (mailimap_starttls(imap_.get()) != MAILIMAP_NO_ERROR) return wrong("STARTTLS was refused");
      if (auto shaken = start_tls(*stream, where_); !shaken) return shaken;
    }
    if (mailimap_login(imap_.get(), options_.url.user.c_str(), options_.password.c_str()) != MAILIMAP_NO_ERROR)
      return fail(status::bad_arguments, wrong("không đăng nhập được (login refused)").detail);
    logged_in_ = true;
    return done;
  }

  Result<std::vector<std::string>> folder_names() {
    std::vector<std::string> names;
    for (const std::string& folder : options_.folders) {
      if (!is_one_line(folder)) return fail(status::bad_arguments, "a folder's name has control characters");
      names.push_back(to_wire(folder));
    }
    if (!names.empty()) return names;
    clist* list = nullptr;
    if (mailimap_list(imap_.get(), "", "*", &list) != MAILIMAP_NO_ERROR) return wrong("LIST");
    for (const mailimap_mailbox_list* one : values<mailimap_mailbox_list>(list)) {
      const bool closed = one->mb_flag != nullptr && one->mb_flag->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
                          one->mb_flag->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
      if (!closed && one->mb_name != nullptr && is_one_line(one->mb_name)) names.emplace_back(one->mb_name);
    }
    mailimap_list_result_free(list);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  /// @par Errors  not_found: the server says no; next_hop_unavailable: it says nothing (that makes sense)
  Result<Done> examine(const std::string& folder) {
    const int code = mailimap_examine(imap_.get(), folder.c_str());
    if (code == MAILIMAP_NO_ERROR) return done;
    const Error error = wrong(("thư mục " + from_wire(folder) + ": EXAMINE").c_str());
    return code == MAILIMAP_ERROR_EXAMINE ? fail(status::not_found, error.detail) : error;
  }

  Result<Done> count_in(const std::string& folder) {
    if (auto open = examine(folder); !open) return open;
    if (imap_->imap_selection_info != nullptr) total_ += imap_->imap_selection_info->sel_exists;
    return done;
  }

  /// @return false: `visit` wants no more
  Result<bool> each_in(const std::string& folder, const std::function<bool(const Found&)>& visit) {
    if (auto open = examine(folder); !open) return open.error();
    if (imap_->imap_selection_info == nullptr) return wrong("EXAMINE said nothing");
    const std::uint32_t validity = imap_->imap_selection_info->sel_uidvalidity;
    auto uids = all_uids();
    if (!uids) return uids.error();
    for (std::size_t first = 0; first < uids->size(); first += messages_asked) {
      const std::size_t end = std::min(uids->size(), first + messages_asked);
      auto messages = describe(
          {uids->begin() + static_cast<std::ptrdiff_t>(first), uids->begin() + static_cast<std::ptrdiff_t>(end)});
      if (!messages) return messages.error();
      for (const Message& message : *messages) {
        Found found;
        found.folder = from_wire(folder);
        found.item = found.folder + ";UIDVALIDITY=" + std::to_string(validity) + ";UID=" + std::to_string(message.uid);
        found.flags = message.flags;
        found.date = message.date;
        found.immutable = validity != 0;
        found.open = [this, message] { return fetch(message.uid, message.octets); };
        if (!visit(found)) return false;
      }
    }
    return true;
  }

  Result<std::vector<std::uint32_t>> all_uids() {
    mailimap_search_key* key = mailimap_search_key_new_all();
    clist* list = nullptr;
    const int code = mailimap_uid_search(imap_.get(), nullptr, key, &list);
    mailimap_search_key_free(key);
    if (code != MAILIMAP_NO_ERROR) return wrong("UID SEARCH");
    std::vector<std::uint32_t> uids;
    for (const std::uint32_t* uid : values<std::uint32_t>(list)) uids.push_back(*uid);
    mailimap_search_result_free(list);
    std::sort(uids.begin(), uids.end());
    return uids;
  }

  /// @param add  what is asked of each message
  template <class Take>
  Result<Done> ask(mailimap_set* set, const std::vector<mailimap_fetch_att*>& wanted, Take take) {
    mailimap_fetch_type* type = mailimap_fetch_type_new_fetch_att_list_empty();
    for (mailimap_fetch_att* one : wanted) mailimap_fetch_type_new_fetch_att_list_add(type, one);
    clist* list = nullptr;
    const int code = mailimap_uid_fetch(imap_.get(), set, type, &list);
    mailimap_fetch_type_free(type);
    mailimap_set_free(set);
    if (code != MAILIMAP_NO_ERROR) return wrong("UID FETCH");
    for (const mailimap_msg_att* one : values<mailimap_msg_att>(list)) take(read_message(*one));
    mailimap_fetch_list_free(list);
    return done;
  }

  Result<std::vector<Message>> describe(const std::vector<std::uint32_t>& uids) {
    mailimap_set* set = mailimap_set_new_empty();
    for (const std::uint32_t uid : uids) mailimap_set_add_single(set, uid);
    std::vector<Message> messages;
    auto asked = ask(set,
                     {mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_flags(),
                      mailimap_fetch_att_new_internaldate(), mailimap_fetch_att_new_rfc822_size()},
                     [&](Message message) {
                       // What changed meanwhile is told in between, without what we asked for.
                       const bool ours = std::binary_search(uids.begin(), uids.end(), message.uid);
                       message.piece = {};
                       if (ours && (message.octets != 0 || !message.date.empty()))
                         messages.push_back(std::move(message));
                     });
    if (!asked) return asked.error();
    std::sort(messages.begin(), messages.end(), [](const Message& a, const Message& b) { return a.uid < b.uid; });
    return messages;
  }

  Result<Content> fetch(std::uint32_t uid, std::uint64_t announced) {
    if (announced > options_.message_octets)
      return fail(status::bad_arguments, std::to_string(announced) + " octet: quá lớn (too big)");
    int descriptor = -1;
    auto file = unnamed_file(descriptor);
    if (!file) return file.error();
    Digest digest;
    std::uint64_t have = 0;
    while (true) {
      Result<Done> kept = fail(status::bad_arguments, "không còn trên máy chủ (no longer on the server)");
      std::size_t got = 0;
      auto asked = ask(mailimap_set_new_single(uid),
                       {mailimap_fetch_att_new_uid(),
                        mailimap_fetch_att_new_body_peek_section_partial(
                            mailimap_section_new(nullptr), static_cast<std::uint32_t>(have), piece_octets)},
                       [&](const Message& message) {
                         if (message.uid != uid || !message.has_piece) return;
                         got = message.piece.size();
                         digest.add(message.piece);
                         kept = write(descriptor, message.piece);
                       });
      if (!asked) return asked.error();
      if (!kept) return kept.error();
      if (got > piece_octets) return wrong("more octets than were asked for");
      have += got;
      if (have > options_.message_octets) return fail(status::bad_arguments, "quá lớn (too big)");
      // By what comes and not by what was announced: servers are wrong about sizes.
      if (got < piece_octets) break;
    }
    Content content;
    content.octets = have;
    content.sha256 = digest.hex();
    content.read = [file = *file, have](const Piece& piece) { return file->read(0, have, piece); };
    return content;
  }

  static Result<Done> write(int descriptor, std::string_view octets) {
    while (!octets.empty()) {
      const ssize_t written = ::write(descriptor, octets.data(), octets.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0)
        return fail(status::next_hop_unavailable, std::string("temporary file: ") + std::strerror(errno));
      octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return done;
  }

  ImapOptions options_;
  ImapHost where_;
  std::unique_ptr<mailimap, Free> imap_;
  std::map<std::string, std::string> closed_;  // folders that cannot be opened, and why
  std::uint64_t total_ = 0;
  bool counted_ = false, logged_in_ = false;
};

}  // namespace

Result<ImapUrl> read_imap_url(std::string_view url) {
  const auto wrong = [](const char* why) {
    return fail(status::bad_arguments, std::string("imaps://USER@HOST[:PORT]: ") + why);
  };
  ImapUrl read;
  if (url.starts_with("imaps://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("imap://")) {
    url.remove_prefix(7);
    read.tls = false;
    read.port = 143;
  } else {
    return wrong("no such URL");
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t at = url.rfind('@');
  if (at == std::string_view::npos || at == 0) return wrong("names no user");
  const std::string_view user = url.substr(0, at);
  if (user.find(':') != std::string_view::npos)
    return wrong("a password does not belong there: --password-file FILE, or $VANTHU_IMAP_PASSWORD");
  for (std::size_t i = 0; i < user.size(); ++i) {
    if (user[i] == '%' && i + 2 < user.size() && is_hex(user[i + 1]) && is_hex(user[i + 2])) {
      unsigned value = 0;
      std::from_chars(user.data() + i + 1, user.data() + i + 3, value, 16);
      read.user += static_cast<char>(value);
      i += 2;
    } else {
      read.user += user[i];
    }
  }
  std::string_view host = url.substr(at + 1);
  if (host.find('/') != std::string_view::npos) return wrong("a folder is named with --folder NAME");
  std::size_t colon = host.rfind(':');
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    if (close == std::string_view::npos) return wrong("no address");
    read.host = host.substr(1, close - 1);
    colon = close + 1 < host.size() ? close + 1 : std::string_view::npos;
  } else {
    read.host = host.substr(0, colon);
  }
  if (colon != std::string_view::npos) {
    const std::string_view digits = host.substr(colon + 1);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), read.port);
    if (host[colon] != ':' || error != std::errc{} || rest != digits.data() + digits.size() || read.port == 0)
      return wrong("no port");
  }
  if (read.host.empty() || !is_one_line(read.host) || !is_one_line(read.user)) return wrong("no host");
  return read;
}

namespace {
constexpr std::string_view base64_of_imap = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Octets of UTF-8 as UTF-16 units; nothing: it is no UTF-8.
std::optional<std::vector<std::uint16_t>> utf16(std::string_view utf8) {
  std::vector<std::uint16_t> units;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : 9;
    if (more == 9 || i + more >= utf8.size() + (more == 0 ? 1 : 0)) return std::nullopt;
    std::uint32_t point = more == 0 ? lead : lead & (0x3FU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(utf8[i + k]);
      if (next >> 6 != 2) return std::nullopt;
      point = point << 6 | (next & 0x3FU);
    }
    i += more + 1;
    if (point < 0x10000) {
      units.push_back(static_cast<std::uint16_t>(point));
    } else {
      units.push_back(static_cast<std::uint16_t>(0xD800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    }
  }
  return units;
}

void add_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}
}  // namespace

std::string to_wire(std::string_view utf8) {
  const auto units = utf16(utf8);
  if (!units) return std::string(utf8);
  std::string name;
  for (std::size_t i = 0; i < units->size();) {
    const std::uint16_t unit = (*units)[i];
    if (unit >= 0x20 && unit <= 0x7E) {
      name += static_cast<char>(unit);
      if (unit == '&') name += '-';
      ++i;
      continue;
    }
    name += '&';
    std::uint32_t bits = 0;
    int count = 0;
    for (; i < units->size() && ((*units)[i] < 0x20 || (*units)[i] > 0x7E); ++i) {
      bits = bits << 16 | (*units)[i];
      count += 16;
      for (; count >= 6; count -= 6) name += base64_of_imap[bits >> (count - 6) & 0x3F];
      bits &= (1U << count) - 1;
    }
    if (count > 0) name += base64_of_imap[bits << (6 - count) & 0x3F];
    name += '-';
  }
  return name;
}

std::string from_wire(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '&') {
      out += name[i];
      continue;
    }
    const std::size_t end = name.find('-', i);
    if (end == std::string_view::npos) return std::string(name);
    if (end == i + 1) {
      out += '&';
      i = end;
      continue;
    }
    std::uint32_t bits = 0, high = 0;
    int count = 0;
    for (std::size_t k = i + 1; k < end; ++k) {
      const std::size_t value = base64_of_imap.find(name[k]);
      if (value == std::string_view::npos) return std::string(name);
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      count += 6;
      if (count < 16) continue;
      count -= 16;
      const std::uint32_t unit = bits >> count & 0xFFFF;
      bits &= (1U << count) - 1;
      if (unit >= 0xD800 && unit < 0xDC00) {
        high = unit;
      } else if (unit >= 0xDC00 && unit < 0xE000) {
        if (high == 0) return std::string(name);
        add_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        high = 0;
      } else {
        add_utf8(out, unit);
      }
    }
    i = end;
  }
  return out;
}

std::unique_ptr<Source> imap_source(ImapOptions options) { return std::make_unique<ImapSource>(std::move(options)); }

}  // namespace vanthu::imports
