// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/caller.hpp"

#include <grp.h>
#include <pwd.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <thread>

#include "admin/control_client.hpp"
#include "admin/dispatch.hpp"
#include "admin/identity.hpp"
#include "admin/office.hpp"
#include "admin/policy_tests.hpp"
#include "admin/words.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::admin {
namespace {
namespace fs = std::filesystem;

Error too_big(const std::string& name) {
  return fail(status::bad_arguments, name + ": quá lớn, tính cả các tệp trước (more than " +
                                         std::to_string(limits::control_request_octets) +
                                         " octets together with what was read before)");
}

/// Reads to the end, `room` octets at most.
Result<std::string> read_all(std::istream& in, const std::string& name, std::size_t room) {
  std::string content;
  std::string block(64U << 10, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    content.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (content.size() > room) return too_big(name);
  }
  if (in.bad()) return fail(status::not_found, name + ": " + std::strerror(errno));
  return content;
}

Result<std::string> read_file(const fs::path& file, std::size_t room) {
  std::error_code code;
  if (fs::is_directory(file, code)) return fail(status::not_found, file.string() + ": là thư mục (is a folder)");
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(status::not_found, file.string() + ": " + std::strerror(errno));
  return read_all(in, file.string(), room);
}

/// Switches the terminal's echo off while it lives.
class Quiet {
 public:
  Quiet() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool changed_ = false;
};

/// Standard input: all of it from a file or a pipe, one line without echo from a person.
Result<std::string> read_input() {
  if (::isatty(STDIN_FILENO) == 0) return read_all(std::cin, "standard input", limits::control_request_octets);
  std::string line;
  {
    const Quiet quiet;
    std::cerr << "Nhập (không hiện): " << std::flush;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  return line + '\n';
}

}  // namespace

std::string ask_code() {
  if (const char* given = std::getenv("VANTHU_CODE"); given != nullptr) return given;
  if (::isatty(STDIN_FILENO) == 0) return {};
  std::string line;
  std::cerr << "Mã xác thực, nếu có (code): " << std::flush;
  std::getline(std::cin, line);
  return line;
}

Result<std::string> ask_password(const std::string& login) {
  if (const char* given = std::getenv("VANTHU_PASSWORD"); given != nullptr) return std::string(given);
  if (::isatty(STDIN_FILENO) == 0)
    return fail(
        status::bad_arguments,
        "--login không chạy ở cửa sổ lệnh thì cần mật khẩu trong $VANTHU_PASSWORD (without a terminal the password is "
        "wanted there)");
  std::string line;
  {
    const Quiet quiet;
    std::cerr << login << ", mật khẩu (không hiện): " << std::flush;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  return line;
}

namespace {
Result<Done> gather_folder(const fs::path& folder, Request& request) {
  std::error_code code;
  std::size_t room = limits::control_request_octets;
  if (fs::is_regular_file(folder, code)) {
    auto content = read_file(folder, room);
    if (!content) return content.error();
    request.files.emplace(folder.filename().string(), *std::move(content));
    return done;
  }
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    if (entry.path().extension() != ".csv") continue;
    auto content = read_file(entry.path(), room);
    if (!content) return content.error();
    room -= content->size();
    request.files.emplace(entry.path().filename().string(), *std::move(content));
  }
  if (code) return fail(status::not_found, folder.string() + ": " + code.message());
  if (request.files.empty()) return fail(status::not_found, folder.string() + ": no *.csv in it");
  return done;
}

std::string own_account() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : "uid " + std::to_string(::geteuid());
}

/// A command that needs no gateway: with the directory to look at where there is one.
Answer run_here(const Config& config, const Command& command, const Request& request) {
  Office office;
  office.config = &config;
  std::unique_ptr<directory::Directory> directory;
  std::error_code ignored;
  if (!config.data_folder.empty() && fs::exists(config.at("directory.lmdb"), ignored))
    if (auto opened = directory::Directory::open(config.at("directory.lmdb"), directory::Directory::Mode::read)) {
      directory = *std::move(opened);
      office.directory = directory.get();
    }
  return command.run(office, request);
}
}  // namespace

Result<Request> gather(const Command& command, std::vector<std::string> words) {
  Request request;
  request.words = std::move(words);
  if (command.takes == Command::Takes::nothing) return request;
  if (command.takes == Command::Takes::octets)
    return fail(status::bad_arguments, "is asked for by another command, not by hand");
  if (command.takes == Command::Takes::input) {
    auto input = read_input();
    if (!input) return input.error();
    request.input = *std::move(input);
    return request;
  }
  const auto read = read_words(command.arguments, request.words);
  if (!read) return read.error();
  // What takes those files that are found may do without: it says so itself if it cannot.
  if (read->operands.empty() && command.takes != Command::Takes::found)
    return fail(status::bad_arguments, "chưa nêu tệp hoặc thư mục (names no file or folder)");
  if (command.takes == Command::Takes::folder) {
    if (auto gathered = gather_folder(read->operands[0], request); !gathered) return gathered.error();
    return request;
  }
  std::size_t room = limits::control_request_octets;
  for (const std::string& name : read->operands) {
    if (request.files.contains(name)) continue;
    std::error_code ignored;
    if (command.takes == Command::Takes::found && !fs::is_regular_file(name, ignored)) continue;
    auto content = name == "-" ? read_all(std::cin, "standard input", room) : read_file(name, room);
    if (!content) return content.error();
    room -= content->size();
    if (command.takes == Command::Takes::policies)
      for (const auto& [key, file] : samples_of(name, *content)) {
        auto sample = read_file(file, room);
        if (!sample) return sample.error();
        room -= sample->size();
        request.files.insert_or_assign(key, *std::move(sample));
      }
    request.files.insert_or_assign(name, *std::move(content));
  }
  return request;
}

Result<Done> become(const std::string& account) {
  if (::geteuid() != 0 || account.empty() || account == "root") return done;
  const passwd* entry = ::getpwnam(account.c_str());
  if (entry == nullptr) return fail(status::bad_configuration, "user = " + account + ": no such account");
  if (::initgroups(entry->pw_name, entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 || ::setuid(entry->pw_uid) != 0)
    return fail(status::bad_configuration, "cannot become " + account + ": " + std::strerror(errno));
  return done;
}

Answer run(const Config& config, const Command& command, Request request, std::chrono::milliseconds patience) {
  if (command.where == Command::Where::caller) return run_here(config, command, request);
  if (config.data_folder.empty())
    return {EX_CONFIG, "",
            "chưa có cấu hình, nêu bằng --config FILE hoặc $VANTHU_CONFIG (no configuration: name one with --config "
            "FILE or in $VANTHU_CONFIG)\n"};
  const fs::path socket = config.at("control.sock");
  // A gateway that is just starting (or a command of somebody else) holds the folder for a moment: wait for it.
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    auto answer = ask_gateway(socket, command, request);
    if (answer) return *std::move(answer);
    if (answer.error().reply == Reply(status::refused))
      return {EX_NOPERM, "",
              answer.error().detail + ": hãy dùng root hoặc tài khoản của cổng (be root or the gateway's account)\n"};
    if (!(answer.error().reply == Reply(status::not_found))) return failed(answer.error());
    if (!DataLock::held(config.data_folder)) break;
    if (std::chrono::steady_clock::now() >= end)
      return {EX_UNAVAILABLE, "",
              config.data_folder +
                  ": đang có tiến trình khác dùng, chưa thấy cổng trả lời, hãy thử lại (is in use by another process, "
                  "and no gateway answers at " +
                  socket.string() + ": it is starting, stopping or stuck; try again, then look at its log)\n"};
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  request.actor = own_account();  // before we become somebody else
  if (auto became = become(config.user); !became) return failed(became.error());
  auto open = OpenOffice::open(config);
  if (!open) return failed(open.error());
  if (auto refused = identify((*open)->office(), command, request)) return *std::move(refused);
  Answer result = run_audited((*open)->office(), (*open)->trail(), command, request);
  for (const std::string& note : (*open)->notes()) result.err += "note: " + note + '\n';
  return result;
}

}  // namespace vanthu::admin
