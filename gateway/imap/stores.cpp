// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/stores.hpp"

#include <algorithm>
#include <sstream>

#include "gateway/base/text.hpp"

namespace vanthu::imap {
namespace {
Error wrong(std::string_view line, const std::string& what) {
  return fail(status::bad_configuration, "imap.store = " + std::string(line) + ": " + what);
}
}  // namespace

Result<Stores::Row> Stores::parse(const Config& config, std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string selector, where;
  words >> selector >> where;
  Row row;
  const std::size_t colon = std::min(selector.find(':'), selector.size());
  row.key = selector.substr(std::min(colon + 1, selector.size()));
  if (selector.substr(0, colon) == "unit") {
    row.key = text::ascii_lower(row.key);
    if (row.key.ends_with('*')) {
      row.by = Row::By::units;
      row.key.pop_back();
    }
  } else if (selector.substr(0, colon) == "domain") {
    row.by = Row::By::domain;
    auto domain = text::domain_to_ascii(row.key);
    row.key = domain ? *std::move(domain) : std::string();
  } else {
    row.key.clear();
  }
  if (row.key.empty() || row.key.find('*') != std::string::npos)
    return wrong(line, "begins with '" + selector + "'; wants unit:ID, unit:PREFIX* or domain:NAME");
  Backend::At at{"imap.store", where, config.imap_master_user, config.imap_master_password_file,
                 config.imap_backend_ca};
  bool user = false, password = false;
  for (std::string word; words >> word;) {
    const std::size_t mark = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, mark), value = word.substr(std::min(mark + 1, word.size()));
    if (value.empty() || (name != "ca" && name != "user" && name != "password-file"))
      return wrong(line, "'" + word + "': wants ca=FILE, user=NAME or password-file=FILE");
    if (name == "ca") at.ca_file = value;
    if (name == "user") at.master_user = value;
    if (name == "password-file") at.password_file = value;
    user = user || name == "user";
    password = password || name == "password-file";
  }
  if (user != password) return wrong(line, "user= and password-file= go together");
  auto backend = Backend::make(at);
  if (!backend) return backend.error();
  row.backend = *std::move(backend);
  return row;
}

Result<Stores> Stores::read(const Config& config) {
  Stores stores;
  auto others = Backend::read(config);
  if (!others) return others.error();
  stores.others_ = *std::move(others);
  for (const std::string& line : config.imap_stores) {
    auto row = parse(config, line);
    if (!row) return row.error();
    if (std::any_of(stores.rows_.begin(), stores.rows_.end(),
                    [&](const Row& had) { return had.by == row->by && had.key == row->key; }))
      return wrong(line, "it has a store already");
    stores.rows_.push_back(*std::move(row));
  }
  // The longest beginning is met first.
  std::stable_sort(stores.rows_.begin(), stores.rows_.end(),
                   [](const Row& a, const Row& b) { return a.by != b.by ? a.by < b.by : a.key.size() > b.key.size(); });
  return stores;
}

const Backend& Stores::of(std::string_view mailbox, std::string_view unit) const {
  const std::string id = text::ascii_lower(unit);
  const std::string_view domain = mailbox.substr(std::min(mailbox.rfind('@') + 1, mailbox.size()));
  for (const Row& row : rows_)
    if (row.by == Row::By::domain ? domain == row.key
        : row.by == Row::By::unit ? id == row.key
                                  : id.starts_with(row.key))
      return row.backend;
  return others_;
}

}  // namespace vanthu::imap
