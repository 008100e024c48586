// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "directory/directory.hpp"
#include "gateway/base/clock.hpp"

/// The directory's things in words and in JSON, the same in every command.
namespace vanthu::admin {

inline constexpr std::array mailbox_kinds{"unit", "position", "person", "role", "system"};
inline constexpr std::array mailbox_states{"active", "dormant", "suspended", "closed"};
const char* word(directory::Mailbox::Kind kind);
const char* word(directory::Mailbox::Status status);
const char* word(directory::Resolution::Kind kind);

std::string days(const directory::Validity& valid);
boost::json::object days_json(const directory::Validity& valid);

/// As it is called that day, else as it was called last, else the id.
std::string unit_name(const directory::Directory& directory, const std::string& id, Date at);
std::string owner_of(const directory::Directory& directory, const directory::Mailbox& mailbox, Date at);
/// How a mailbox stands that day: resolve() knows the days, the stored status alone does not.
const char* standing(const directory::Directory& directory, const directory::Mailbox& mailbox, Date at);
boost::json::object mailbox_json(const directory::Directory& directory, const directory::Mailbox& mailbox, Date at);

/// @param near  what to offer where the address is unknown
std::string resolution_text(const directory::Directory& directory, const std::string& address,
                            const directory::Resolution& found, Date at, const std::vector<std::string>& near);

/// printable() for text of several lines of ours.
std::string printable_lines(const std::string& text);

/// One line of JSON.
std::string line(const boost::json::value& value);

}  // namespace vanthu::admin
