// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "filters/facts.hpp"
#include "filters/inspect/lanes.hpp"
#include "filters/inspect/outline.hpp"
#include "filters/inspect/texts.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::inspect {

struct Options {
  std::filesystem::path program;  ///< vanthu-inspector
  unsigned processes = 2;
  std::chrono::seconds deadline{20};  ///< for one message, then the process is killed and replaced
  std::filesystem::path trust =
      {};                       ///< certificates and revocation lists (PEM) that signatures are checked by, or none
  std::chrono::seconds ocr{0};  ///< for the pictures of one message, besides the deadline; none: they are not read
};

/// Sandboxed inspector processes. The octets go over as a sealed memory file, small ones over the socket itself; facts
/// come back as JSON. The caller's own thread hands over and reads the answer: a message costs no third thread a
/// wake-up.
class Pool {
 public:
  /// Starts the processes and waits until each has said that its sandbox stands.
  /// @par Errors  bad_configuration naming the program and what failed
  static Result<std::unique_ptr<Pool>> start(const Options& options);
  ~Pool();
  /// Ends the processes: who waits for an answer gets an error. The destructor does it too.
  void stop();

  /// The facts of a message; any executor with one thread. A process that dies under a message costs it nothing: a
  /// second one is asked at once.
  /// @par Errors  inspection_failed: that one died too, or was killed at the deadline, or answered nonsense.
  /// So is the first time that a document in it kills its reader. The second time the same octets (by SHA-256) do
  /// that, the answer is Facts with the finding "inspect.failed" instead, so that policy decides and the sender does
  /// not retry for days.
  /// @param patient  false: who asks will not come again; what could not be read is a finding at once
  boost::asio::awaitable<Result<filters::Facts>> inspect(std::shared_ptr<const Octets> message, bool patient = true);
  /// The message in its strict reading (mime/rewrite.hpp); nothing where it has none.
  /// @par Errors  inspection_failed as above
  boost::asio::awaitable<Result<std::optional<Octets>>> rewrite(std::shared_ptr<const Octets> message);
  /// The facts for one who may block and will not come again.
  Result<filters::Facts> inspect_and_wait(std::shared_ptr<const Octets> message);
  /// The same for one that mail at the door must not wait for: it takes its turn among those that ask for texts.
  /// Blocks; any threads.
  /// @par Errors  inspection_failed; shutting_down
  Result<filters::Facts> inspect_behind(std::shared_ptr<const Octets> message);
  Result<std::optional<Octets>> rewrite_and_wait(std::shared_ptr<const Octets> message);
  /// The text of a message's parts, for the index. Nobody waits for it, so it takes one process at most while mail
  /// stands at the door, and pictures are not read for it. Blocks; any threads.
  /// @par Errors  inspection_failed; shutting_down
  Result<Texts> texts_and_wait(std::shared_ptr<const Octets> message);
  /// How a message is built, as to_answer() of outline.hpp says it: checked, and small enough to be kept. Mail at the
  /// door must not wait for it, either. Blocks; any threads.
  /// @par Errors  inspection_failed; shutting_down
  Result<std::string> outline_and_wait(std::shared_ptr<const Octets> message);
  /// The content of an encoded body part, `encoding` being "base64" or "quoted-printable". Blocks; any threads.
  /// @par Errors  inspection_failed, also of what is bigger than a message may be; shutting_down
  Result<std::string> decode_and_wait(std::string_view encoding, std::string_view octets);

 private:
  class Failures;
  class Turns;
  class AtTheDoor;
  struct Attempt {
    bool taken = false;  // a process has got the message: only then is a failure of the process one of the message
    bool died = false;   // and has ended under it, not by us
  };
  explicit Pool(std::shared_ptr<Lanes> lanes, unsigned threads);
  /// What the process of a lease answers, `most` octets at most.
  static boost::asio::awaitable<Result<std::string>> answer_of(Lanes::Lease& lease, std::size_t most);
  boost::asio::awaitable<Result<Texts>> texts(std::shared_ptr<const Octets> message);
  boost::asio::awaitable<Result<std::string>> outline(std::shared_ptr<const Octets> message);
  boost::asio::awaitable<Result<std::string>> decoded(std::shared_ptr<const Octets> part);
  boost::asio::awaitable<Result<filters::Facts>> inspected(std::shared_ptr<const Octets> message, bool patient);
  boost::asio::awaitable<Result<filters::Facts>> ask(std::shared_ptr<const Octets> message, Attempt& attempt);

  std::shared_ptr<Lanes> lanes_;
  std::unique_ptr<Failures> failures_;
  std::unique_ptr<Turns> turns_;
  boost::asio::thread_pool hashing_;  // of messages so big that a session's thread should not wait for it
};

}  // namespace vanthu::inspect
