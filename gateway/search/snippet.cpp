// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/snippet.hpp"

#include <algorithm>
#include <tuple>

#include "gateway/archive/terms.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/words.hpp"

namespace vanthu::search {

std::vector<Piece> snippet_of(std::string_view utf8, const std::map<std::string, Plan::Light>& lights) {
  const std::string text = readable(utf8);
  const std::vector<archive::WordSpan> words = archive::word_spans(text);
  if (words.empty()) return {};
  Speller speller;
  std::vector<std::string> found(words.size());  // the word of the query that stands here
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Spelling& spelling = speller.of(std::string_view(text).substr(words[i].begin, words[i].end - words[i].begin));
    for (const std::string* asked : {&spelling.bare, &spelling.marked})
      if (const auto light = lights.find(*asked);
          light != lights.end() && (asked == &spelling.marked || !light->second.asked.has_marks()))
        found[i] = *asked;
  }
  // The first window with the most different words, by what enters and what leaves it.
  const std::size_t width = std::min(limits::snippet_words, words.size());
  std::map<std::string_view, std::size_t> inside;
  std::size_t best = 0, most = 0, all = 0;
  for (std::size_t next = 0; next < words.size(); ++next) {
    if (!found[next].empty()) {
      ++inside[found[next]];
      ++all;
    }
    if (next >= width && !found[next - width].empty()) {
      if (--inside[found[next - width]] == 0) inside.erase(found[next - width]);
      --all;
    }
    const std::size_t worth = inside.size() * limits::snippet_words + all;
    if (next + 1 >= width && worth > most) std::tie(best, most) = std::pair(next + 1 - width, worth);
  }
  // The words found stand in its middle rather than at its end.
  if (most > 0) {
    std::size_t first_light = best;
    while (found[first_light].empty()) ++first_light;
    std::size_t last_light = best + width - 1;
    while (found[last_light].empty()) --last_light;
    const std::size_t spare = width - (last_light - first_light + 1);
    best = std::min(first_light > spare / 2 ? first_light - spare / 2 : 0, words.size() - width);
  }

  std::vector<Piece> pieces;
  const auto add = [&](std::string_view piece, bool light) {
    if (piece.empty()) return;
    if (!pieces.empty() && pieces.back().light == light)
      pieces.back().text += piece;
    else
      pieces.push_back({std::string(piece), light});
  };
  const std::size_t last = best + width - 1;
  if (best > 0) add("…", false);
  std::size_t at = best == 0 ? 0 : words[best].begin;
  for (std::size_t i = best; i <= last; ++i) {
    add(std::string_view(text).substr(at, words[i].begin - at), false);
    add(std::string_view(text).substr(words[i].begin, words[i].end - words[i].begin), !found[i].empty());
    at = words[i].end;
  }
  add(last + 1 == words.size() ? std::string_view(text).substr(at) : std::string_view("…"), false);
  return pieces;
}

}  // namespace vanthu::search
