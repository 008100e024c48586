// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/index.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <thread>

#include "gateway/base/log.hpp"
#include "gateway/search/ahead.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/state.hpp"
#include "gateway/search/terms.hpp"
#include "gateway/search/warm.hpp"

namespace vanthu::search {
namespace {
using Clock = std::chrono::steady_clock;

constexpr const char* forgotten_key = "forgotten";  // set: words of records that were taken out are in the files

/// Whether what is in the index came from this log.
bool belongs_to(const Reached& where, const archive::Archive& archive, std::uint64_t last) {
  if (where.number > last) return false;
  if (where.sha256.empty()) return true;
  for (std::uint64_t number = where.number; number > 0; --number) {
    const auto record = archive.show(number);
    if (record) return record->accepted.sha256 == where.sha256;
    if (record.error().reply != Reply(status::not_found) || where.number - number > 1000) return false;
  }
  return false;
}

/// Words with marks that no record has any more must not be told by the list of them either.
void drop_lone_words(Writer& index) {
  Xapian::WritableDatabase& database = index.database;
  constexpr std::array with_words{prefix::word, prefix::subject, prefix::name, prefix::from, prefix::to, prefix::blind};
  std::vector<std::pair<std::string, std::string>> lone;
  for (auto bare = database.synonym_keys_begin(); bare != database.synonym_keys_end(); ++bare)
    for (auto marked = database.synonyms_begin(*bare); marked != database.synonyms_end(*bare); ++marked)
      if (std::none_of(with_words.begin(), with_words.end(),
                       [&](std::string_view field) { return database.term_exists(std::string(field) + *marked); }))
        lone.emplace_back(*bare, *marked);
  for (const auto& [bare, marked] : lone) database.remove_synonym(bare, marked);
  if (!lone.empty()) index.write();
}

/// Takes records out, to stable storage. The documents go first, so that nobody who finds them finds zeros for their
/// words; a stop in between is made good when the index is opened. @throws Xapian::Error
/// @return whether any was there
Result<bool> take_out(Writer& index, const std::vector<std::uint64_t>& numbers) {
  std::string places;
  bool any = false;
  for (const std::uint64_t number : numbers) {
    const auto id = static_cast<Xapian::docid>(number);
    try {
      const std::string place = index.database.get_document(id).get_value(slot::sequence);
      if (place.size() != place_octets)
        throw Xapian::DatabaseCorruptError("record " + std::to_string(number) + " has no place in the sequences");
      places += place;
      index.database.delete_document(id);
      any = true;
    } catch (const Xapian::DocNotFoundError&) {  // never taken, or gone before
    }
  }
  if (!any) return false;
  index.database.set_metadata(forgotten_key, "1");
  index.database.set_metadata(wiped_key, places);
  index.write();
  if (auto wiped = index.sequences.wipe(places); !wiped) return wiped.error();
  return true;
}
}  // namespace

Index::Index(std::unique_ptr<State> state) : state_(std::move(state)) {}
Index::~Index() { stop(); }

Result<std::unique_ptr<Index>> Index::open(const archive::Archive& archive, Options options, Knowledge knowledge) {
  auto state = std::make_unique<State>(archive, std::move(options), std::move(knowledge));
  std::error_code ignored;
  if (state->writes()) {
    for (const char* left : {".new", ".compact"}) remove_folder(state->beside(left));  // by whoever was interrupted
    if (auto opened = state->open_writer(); !opened) return opened.error();
    const auto reach = archive.reach();
    const auto fits = guarded([&]() -> Result<bool> {
      if (!reach) return true;  // the view is in trouble, and knows of no other log
      return belongs_to(reached(state->writer->database), archive, reach->last);
    });
    if (!fits || !*fits) {
      log::Event("search.index.dropped", log::Level::warning)
          .with("reason", fits ? std::string("made from another log") : fits.error().detail);
      state->writer.reset();
      auto fresh = create(state->options.folder);
      if (!fresh) return fresh.error();
      state->writer = *std::move(fresh);
    }
    try {
      state->warming = std::jthread([raw = state.get()] {
        warm(raw->options.folder, raw->stopping);
        if (raw->stopping) return;
        // What is damaged, or was replaced just now, the next question sees.
        (void)guarded([&]() -> Result<Done> {
          (void)raw->places.of(Xapian::Database(raw->options.folder.string()));
          return done;
        });
      });
    } catch (const std::system_error&) {  // the machine has no thread left: the first question reads for itself
    }
  } else if (!std::filesystem::exists(state->options.folder, ignored)) {
    return fail(status::not_found, "there is no search index in " + state->options.folder.string());
  }
  return std::unique_ptr<Index>(new Index(std::move(state)));
}

void Index::stop() { state_->stopping = true; }

Result<Done> Index::State::open_writer() {
  auto opened = open_for_writing(options.folder);
  if (!opened) return opened.error();
  writer = *std::move(opened);
  written.clear();
  readers.replaced();
  {
    const std::lock_guard lock(telling);
    damage.clear();
  }
  return guarded([&]() -> Result<Done> {
    tell(reached(writer->database).number);
    return done;
  });
}

void Index::State::tell(const Result<Done>& outcome) {
  const std::lock_guard lock(telling);
  trouble = outcome ? std::string() : outcome.error().detail;
}

void Index::State::tell(std::uint64_t number) {
  {
    const std::lock_guard lock(telling);
    committed = number;
  }
  told.notify_all();
}

bool Index::wait_for(std::uint64_t number, std::chrono::milliseconds longest) const {
  std::unique_lock lock(state_->telling);
  if (number > state_->committed + limits::near_records) return false;
  return state_->told.wait_for(lock, longest, [&] { return state_->committed >= number; });
}

Result<Done> Index::State::fill(Writer& index, std::unordered_set<std::string>& words, bool patient) {
  while (!stopping) {
    const auto reach = archive.reach();
    if (!reach) return reach.error();
    Reached where = reached(index.database);
    if (where.number >= reach->complete_up_to) return done;
    const std::uint64_t last = reach->complete_up_to;
    Ahead ahead(archive, options.texts, where.number + 1, last, options.readers, stopping);
    std::uint64_t records = 0, octets = 0;
    Clock::time_point begun = Clock::now();
    const auto commit = [&]() -> Result<Done> {
      if (auto kept = index.commit(where); !kept) return kept;
      if (!patient) tell(where.number);
      records = octets = 0;
      begun = Clock::now();
      return done;
    };
    while (auto made = ahead.next()) {
      if (stopping) break;  // a text may be missing because the inspectors have gone
      if (made->document) {
        for (const auto& [bare, marked] : made->marked) {
          if (words.size() >= limits::known_words) words.clear();
          if (words.insert(marked).second) index.database.add_synonym(bare, marked);
        }
        const auto place = index.sequences.append(made->sequence);
        if (!place) return place.error();
        made->document->add_value(slot::sequence, *place);
        index.database.replace_document(static_cast<Xapian::docid>(made->number), *made->document);
        where.sha256 = made->sha256;
      }
      where.number = made->number;
      octets += made->octets;
      const bool full = ++records >= limits::batch_records || octets >= limits::batch_octets;
      // A commit costs by the words it has to find in the index: far behind the log fewer and bigger ones come sooner
      // to its end.
      const bool far = patient || made->number + limits::far_records < last;
      if (full || Clock::now() - begun >= (far ? limits::far_batch_time : limits::batch_time))
        if (auto kept = commit(); !kept) return kept;
    }
    if (records > 0)
      if (auto kept = commit(); !kept) return kept;
  }
  return fail(status::shutting_down, "the search index was told to stop");
}

Result<Done> Index::State::drop(const std::string& why) {
  log::Event("search.index.dropped", log::Level::warning).with("reason", why);
  writer.reset();
  remove_folder(options.folder);
  return open_writer();
}

Result<Done> Index::State::follow() {
  if (!writes()) return fail(status::bad_configuration, "the search index is open for looking only");
  if (!writer)
    if (auto opened = open_writer(); !opened) return opened;
  auto filled = guarded([&] { return fill(*writer, written, false); });
  if (!filled && filled.error().reply != Reply(status::shutting_down)) {
    // What was begun since the last commit is given up with the writer; what is damaged is no index any more.
    writer.reset();
    if (filled.error().reply == Reply(status::corrupt)) {
      if (auto dropped = drop(filled.error().detail); !dropped) return dropped;
      filled = guarded([&] { return fill(*writer, written, false); });
    }
  }
  return filled;
}

Result<Done> Index::catch_up() {
  const std::lock_guard alone(state_->writing);
  auto followed = state_->follow();
  if (followed || followed.error().reply != Reply(status::shutting_down)) state_->tell(followed);
  return followed;
}

Result<Done> Index::State::take_over(const std::filesystem::path& made) {
  writer.reset();
  auto replaced = replace_folder(made, options.folder);
  if (auto opened = open_writer(); !opened) return opened;
  if (replaced) tell(replaced);  // what was wrong went with the old one
  return replaced;
}

Result<Done> Index::rebuild() {
  if (!state_->writes()) return fail(status::bad_configuration, "the search index is open for looking only");
  const std::lock_guard one(state_->building);
  const std::filesystem::path made = state_->beside(".new");
  auto outcome = guarded([&]() -> Result<Done> {
    auto fresh = create(made, false);
    if (!fresh) return fresh.error();
    {
      const std::lock_guard alone(state_->writing);
      state_->forgotten_meanwhile.emplace();
    }
    std::unordered_set<std::string> words;
    if (auto filled = state_->fill(*fresh, words, true); !filled) return filled;
    const std::lock_guard alone(state_->writing);
    if (auto filled = state_->fill(*fresh, words, true); !filled) return filled;  // what came in the meantime
    if (auto gone = take_out(*fresh, *state_->forgotten_meanwhile); !gone) return gone.error();  // and what went
    fresh->close();
    return state_->take_over(made);
  });
  {
    const std::lock_guard alone(state_->writing);
    state_->forgotten_meanwhile.reset();
  }
  remove_folder(made);
  return outcome;
}

Result<Done> Index::compact() {
  if (!state_->writes()) return fail(status::bad_configuration, "the search index is open for looking only");
  const std::lock_guard one(state_->building);
  const std::lock_guard alone(state_->writing);
  const std::filesystem::path made = state_->beside(".compact");
  auto outcome = guarded([&]() -> Result<Done> {
    remove_folder(made);
    if (!state_->writer)
      if (auto opened = state_->open_writer(); !opened) return opened;
    state_->written.clear();  // some of them will not be known any more
    drop_lone_words(*state_->writer);
    Xapian::Database(state_->options.folder.string())
        .compact(made.string(), Xapian::DBCOMPACT_NO_RENUMBER | Xapian::Compactor::FULL);
    if (auto shared = share_sequences(state_->options.folder, made); !shared) return shared;
    if (auto taken = state_->take_over(made); !taken) return taken;
    state_->writer->database.set_metadata(wiped_key, "");      // done when it was opened just now
    state_->writer->database.set_metadata(forgotten_key, "");  // last: a crash before it costs one more compaction
    state_->writer->write();
    return done;
  });
  remove_folder(made);
  return outcome;
}

Result<Done> Index::tidy(std::chrono::seconds quiet) {
  {
    const std::lock_guard alone(state_->writing);
    const auto due = guarded([&]() -> Result<bool> {
      return state_->writer && !state_->writer->database.get_metadata(forgotten_key).empty() &&
             Clock::now() - state_->forgot >= quiet;
    });
    if (!due) return due.error();
    if (!*due) return done;
  }
  return compact();
}

Result<Done> Index::forget(const std::vector<std::uint64_t>& numbers) {
  if (!state_->writes()) return fail(status::bad_configuration, "the search index is open for looking only");
  const std::lock_guard alone(state_->writing);
  if (!state_->writer)
    if (auto opened = state_->open_writer(); !opened) return opened;
  if (auto& meanwhile = state_->forgotten_meanwhile)
    meanwhile->insert(meanwhile->end(), numbers.begin(), numbers.end());
  const auto taken = guarded([&] { return take_out(*state_->writer, numbers); });
  if (taken && *taken) state_->forgot = Clock::now();
  if (taken) return done;
  // Of what is damaged nothing is kept, so that no disposal waits for it; its records are in the log.
  if (taken.error().reply == Reply(status::corrupt)) return state_->drop(taken.error().detail);
  // It may be half done: opened again, it goes on from its last commit, and wipes what was not wiped.
  state_->writer.reset();
  return taken.error();
}

Result<Found> Index::search(const Request& request) const {
  const std::uint64_t generation = state_->readers.generation();
  auto found = guarded([&]() -> Result<Found> {
    for (unsigned tries = 1;; ++tries) {
      try {
        static const std::size_t threads =
            std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, limits::stretches);
        auto databases = state_->readers.take(limits::stretch_records, threads);
        auto answered = answer(databases, generation, *state_, request);
        state_->readers.give_back(std::move(databases), generation);
        return answered;
      } catch (const Xapian::DatabaseModifiedError&) {
        // It was written twice since it was opened; reopening shows it as it is now.
        if (tries == limits::look_again) throw;
      } catch (const Xapian::DatabaseOpeningError&) {
        if (tries == limits::look_again) throw;  // its folder was just being replaced
      }
    }
  });
  if (!found && found.error().reply != Reply(status::bad_arguments)) {
    const std::lock_guard lock(state_->telling);
    state_->damage = found.error().detail + "; vanthu archive rebuild --index";
  }
  return found;
}

Index::Status Index::status() const {
  Status status;
  status.octets = octets_in(state_->options.folder);
  {
    const std::lock_guard lock(state_->telling);
    status.trouble = state_->trouble.empty() ? state_->damage : state_->trouble;
  }
  const auto read = guarded([&]() -> Result<Done> {
    const Xapian::Database database(state_->options.folder.string());
    status.complete_up_to = reached(database).number;
    status.records = database.get_doccount();
    status.without_text = database.get_termfreq(term_of(prefix::unread, "text"));
    status.with_pictures = database.get_termfreq(term_of(prefix::unread, "pictures"));
    return done;
  });
  if (!read && status.trouble.empty()) status.trouble = read.error().detail;
  return status;
}

}  // namespace vanthu::search
