// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/store_search.hpp"

#include "gateway/imap/folder_list.hpp"

namespace vanthu::imap {

boost::asio::awaitable<std::optional<std::string>> search_store(std::string key, bool by_uid, bool esearch,
                                                                StoreLine& store) {
  std::string command = (by_uid ? "UID SEARCH " : "SEARCH ") + std::string(esearch ? "RETURN (ALL) " : "") + key;
  std::string kind = "SEARCH";
  const auto answer = co_await store.ask(std::move(command), std::move(kind));
  if (!answer || !answer->whole) co_return std::nullopt;
  co_return found_uids(answer->lines);
}

}  // namespace vanthu::imap
