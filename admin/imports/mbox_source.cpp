// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/mbox_source.hpp"

#include "admin/imports/content.hpp"

namespace vanthu::imports {
namespace {

/// Hands on the text of one message.
class Reader final : public MboxSplitter::Sink {
 public:
  explicit Reader(const Piece& piece) : piece_(piece) {}
  Result<Done> begin(std::uint64_t, std::string_view) override { return done; }
  Result<Done> text(std::string_view octets) override { return piece_(octets); }
  Result<Done> end(std::uint64_t) override { return done; }

 private:
  const Piece& piece_;
};

const char* name_of(MboxQuoting quoting) {
  return quoting == MboxQuoting::rd ? "mboxrd" : quoting == MboxQuoting::o ? "mboxo" : "mbox, raw";
}

class MboxSource final : public Source, private MboxSplitter::Sink {
 public:
  MboxSource(std::string place, MboxQuoting quoting) : place_(std::move(place)), quoting_(quoting) {}

  double part_done() const override { return octets_ == 0 ? 0 : double(offset_) / double(octets_); }

  Result<Done> each(const std::function<bool(const Found&)>& visit) override {
    auto file = File::open(place_);
    if (!file) return file.error();
    file_ = *file;
    octets_ = file_->octets();
    visit_ = &visit;
    MboxSplitter splitter(*this, quoting_);
    splitter_ = &splitter;
    auto read = file_->read(0, octets_, [&](std::string_view piece) { return splitter.feed(piece); });
    if (read) read = splitter.finish();
    splitter_ = nullptr;
    if (stopped_) return done;
    if (read && !any_) return fail(status::not_found, place_ + ": không có thư nào (no message in it)");
    if (!read) return fail(read.error().reply, place_ + ": " + read.error().detail);
    return done;
  }

 private:
  Result<Done> begin(std::uint64_t offset, std::string_view from_line) override {
    offset_ = offset;
    date_ = date_in_from_line(from_line);
    digest_ = std::make_unique<Digest>();
    length_ = 0;
    any_ = true;
    return done;
  }
  Result<Done> text(std::string_view octets) override {
    digest_->add(octets);
    length_ += octets.size();
    return done;
  }
  Result<Done> end(std::uint64_t end) override {
    Found found;
    found.item = "octet " + std::to_string(offset_);
    found.date = date_;
    found.note = note();
    Content content;
    content.octets = length_;
    content.sha256 = digest_->hex();
    const auto read = [file = file_, from = offset_, end, quoting = quoting_](const Piece& piece) -> Result<Done> {
      Reader reader(piece);
      MboxSplitter again(reader, quoting);
      auto gone = file->read(from, end, [&](std::string_view octets) { return again.feed(octets); });
      return gone ? again.finish() : gone;
    };
    content.read = read;
    found.open = [content]() -> Result<Content> { return content; };
    stopped_ = !(*visit_)(found);
    return stopped_ ? Result<Done>(fail(status::shutting_down, "stopped")) : Result<Done>(done);
  }

  /// Which reading it is, and whether another one would give other octets.
  std::string note() const {
    std::string text = name_of(quoting_);
    const auto count = [&](const char* what, std::uint64_t lines) {
      if (lines != 0) text += std::string(", ") + what + ' ' + std::to_string(lines);
    };
    count("bỏ dấu > (unquoted):", splitter_->unquoted());
    count("mboxo/mboxrd đọc khác nhau (read differently):", splitter_->ambiguous());
    count("dòng From để nguyên (kept):", splitter_->kept());
    return text;
  }

  std::string place_;
  MboxQuoting quoting_;
  std::shared_ptr<const File> file_;
  std::uint64_t octets_ = 0;
  const std::function<bool(const Found&)>* visit_ = nullptr;
  const MboxSplitter* splitter_ = nullptr;
  std::unique_ptr<Digest> digest_;
  std::string date_;
  std::uint64_t offset_ = 0, length_ = 0;
  bool any_ = false, stopped_ = false;
};

}  // namespace

std::unique_ptr<Source> mbox_source(const std::string& file, MboxQuoting quoting) {
  return std::make_unique<MboxSource>(file, quoting);
}

}  // namespace vanthu::imports
