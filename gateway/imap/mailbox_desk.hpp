// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/login_today.hpp"
#include "gateway/guard/guard.hpp"
#include "gateway/imap/carried_letters.hpp"
#include "gateway/imap/desk.hpp"
#include "gateway/imap/mailbox_rules.hpp"
#include "gateway/intake/append_door.hpp"

namespace vanthu::imap {

/// What the mail store can, as far as a desk must know.
struct StoreGifts {
  ClientGate::NonSync non_sync = ClientGate::NonSync::none;
  bool list_extended = false;  ///< and SPECIAL-USE: LIST … RETURN (SPECIAL-USE)
  bool esearch = false;
  bool unselect = false;
  bool namespaces = false;
};
StoreGifts gifts_of(std::string_view capabilities);

/// The desk of one session: APPEND by way of intake::AppendDoor, all else by the policy's [mailboxes]; who moved,
/// copied and removed what is written to the audit log, before (begun) and after it is done.
class MailboxDesk final : public Desk {
 public:
  /// @param door, guard  outlive the desk
  /// @param proof  by which the filer logged in
  MailboxDesk(intake::AppendDoor& door, guard::Guard& guard, intake::Filer filer, directory::Proof proof,
              StoreGifts gifts);
  ~MailboxDesk() override = default;

  boost::asio::awaitable<std::string> begins(const Append& append, StoreLine& store) override;
  std::string letter(std::string_view octets) override;
  std::chrono::milliseconds patience() const override { return letters_.patience(); }
  boost::asio::awaitable<std::string> ends() override;
  std::vector<Piece> pieces() const override { return letters_.pieces(gifts_.non_sync); }
  void sent() override;
  boost::asio::awaitable<Ruling> act(const std::string& tag, FolderAct act, StoreLine& store) override;
  void on_tagged(const std::string& tag, bool ok, std::string_view words) override;
  void on_code(std::string_view words) override;
  void store_restarted() override;
  void speaks_utf8(bool yes) override { utf8_ = yes; }
  std::string reads(std::uint64_t octets) override;
  /// The right to the mailbox is asked for again on another day and when the directory has changed.
  std::string dismisses() override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Filing {
    std::vector<Filed> letters;
    std::uint64_t octets = 0;
  };
  struct Acting {
    audit::Act act;
    std::uint64_t begun = 0;  ///< number of the entry before it
  };
  struct Selecting {
    std::string folder;  ///< empty: none is open then
    bool read_only = false;
  };
  using Chain = std::shared_ptr<const filters::Chain>;  ///< kept while its rules are looked at

  Chain chain() const { return door_.door().services().chain(); }
  std::vector<const filters::MailboxRule*> rules(const filters::Chain& chain) const;
  bool is_audited(const filters::Chain& chain) const;
  boost::asio::awaitable<void> know_folders(std::string wire, StoreLine& store);
  /// Other users' folders and shared ones: neither the directory's rights nor the rules speak of them.
  /// @return words of a refusal, or nothing
  boost::asio::awaitable<std::string> refuse_foreign(std::string wire, StoreLine& store);
  /// The store has told its folders, and this is none of them: another name of one, perhaps, in a namespace that it
  /// hides. Rules do not know it.
  bool is_unlisted(const std::string& wire) const;
  /// Of a folder; nothing: the store does not say.
  boost::asio::awaitable<std::optional<std::uint64_t>> messages_in(std::string wire, StoreLine& store);
  /// Refused by that rule: in the log and in the audit log. @return words for the client
  std::string refused_by(const filters::MailboxRule& rule, audit::Act act);
  /// What a ruling means once the store was asked, where it must be.
  /// @param folder  of the command
  /// @return words of a refusal, or nothing
  boost::asio::awaitable<std::string> settled(MailboxRuling ruling, std::string folder, audit::Act act,
                                              StoreLine& store);
  /// Of a folder for this: what is judged and not archived where it lies, or thrown away.
  static bool is_exempt(const filters::Chain& chain, const std::string& use);
  /// What lies in such a folder may not have been archived.
  bool was_exempt(const filters::Chain& chain, const std::string& name) const;
  /// Letters are carried out of such a folder into another one: they are judged and archived as if they were filed
  /// there.
  /// @return words of the answer, or nothing: it goes on
  boost::asio::awaitable<std::string> archive_carried(const std::string& tag, FolderAct& act, StoreLine& store);
  audit::Act act_of(std::string what, const std::string& folder) const;
  /// What a command does, for the audit log; nothing: it stands in none.
  boost::asio::awaitable<std::optional<audit::Act>> told(const FolderAct& act, const std::string& text,
                                                         StoreLine& store);
  /// @return number of the entry; 0: it could not be written
  boost::asio::awaitable<std::uint64_t> begin_act(audit::Act act);
  void write_behind(audit::Act act);

  intake::AppendDoor& door_;
  guard::Guard& guard_;
  const intake::Filer filer_;
  const directory::Proof proof_;
  const guard::Client client_;
  const guard::Account account_;
  const StoreGifts gifts_;
  std::optional<directory::Mailbox> mailbox_;
  std::uint64_t generation_;  // of the directory by which the right was asked for
  Date day_;                  // likewise
  bool utf8_ = false;
  AppendLetters letters_;
  CarriedLetters carried_;
  std::vector<intake::FiledLetter> filed_;  // as letters_
  std::optional<intake::Gate::Place> place_;
  /// The folder is for reading: of the letters under way only copies of what was sent may be filed there.
  struct CopiesOnly {
    Chain chain;  // holds the rule
    const filters::MailboxRule* rule;
  };
  std::optional<CopiesOnly> copies_only_;
  FolderList folders_;
  std::optional<Clock::time_point> listed_;
  bool all_listed_ = true;                            // folders_ has all that the store told
  std::optional<std::vector<NameSpace>> namespaces_;  // as the store has told
  bool namespaces_missed_ = false;                    // it has not, and that is in the log
  std::string selected_;
  bool read_only_ = false;                      // selected by EXAMINE
  std::map<std::string, Filing> filings_;       // at the store, by tag
  std::map<std::string, Acting> acting_;        // likewise
  std::map<std::string, Selecting> selecting_;  // likewise
};

}  // namespace vanthu::imap
