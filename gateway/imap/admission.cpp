// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/admission.hpp"

#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::imap {
namespace {
std::string address_key(const std::string& text) {
  const auto mailbox = mail::parse_mailbox(text, true);
  return mailbox ? mail::key(*mailbox) : text::ascii_lower(text);
}
}  // namespace

Admission admit(const directory::Directory& directory, const LoginRequest& request, Date day) {
  const auto login = directory.authenticate(address_key(request.user), request.password, day);
  Admission admission;
  if (login) {
    admission = admit(directory, *login, request.mailbox, day);
    admission.proof = directory::proof_by_password(directory, login->address, request.password, day);
    return admission;
  }
  if (login.error().reply.transient()) admission.answer = LoginAnswer::directory_down;
  return admission;
}

Admission admit(const directory::Directory& directory, const directory::Login& login, std::string_view mailbox,
                Date day) {
  Admission admission;
  admission.login = login;
  admission.user = login.address;
  admission.mailbox = mailbox.empty() ? login.address : address_key(std::string(mailbox));
  admission.answer = LoginAnswer::accepted;
  admission.because = "own mailbox";
  admission.unit = login.unit;
  if (admission.mailbox == login.address) return admission;
  auto right = directory.may_open(login, admission.mailbox, day);
  admission.because = std::move(right.because);
  if (!right.allowed) admission.answer = LoginAnswer::not_allowed;
  const auto opened = directory.mailbox(admission.mailbox);
  admission.unit = opened ? opened->unit : std::string();
  return admission;
}

Admission admit_again(const directory::Directory& directory, const directory::Login& login,
                      const directory::Proof& proof, std::string_view mailbox, Date day) {
  const auto today = directory::login_today(directory, login, proof, day);
  if (today) return admit(directory, *today, mailbox, day);
  Admission admission;
  admission.because = today.error().detail;
  if (today.error().reply.transient()) admission.answer = LoginAnswer::directory_down;
  return admission;
}

}  // namespace vanthu::imap
