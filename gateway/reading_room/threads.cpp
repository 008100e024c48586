// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/threads.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace vanthu::reading_room {
namespace {
constexpr std::size_t most_references = 50;  // of one message, the last ones
constexpr std::size_t most_ancestors = 500;  // looked at, to see that a link makes no circle

using Index = std::size_t;
constexpr Index none = static_cast<Index>(-1);

struct Node {
  const Threaded* message = nullptr;  // none: somebody refers to it, and it is not here
  Index parent = none;
  std::vector<Index> children{};
};

class Forest {
 public:
  explicit Forest(const std::vector<Threaded>& messages) {
    for (const Threaded& message : messages) add(message);
    gather();
    join_by_subject();
  }
  std::string text() const;

 private:
  Index of(const std::string& id) {
    const auto [at, fresh] = by_id_.try_emplace(id, nodes_.size());
    if (fresh) nodes_.emplace_back();
    return at->second;
  }
  /// Whether the link would make a circle, or a chain that is too long to tell.
  bool leads_back(Index child, Index parent) const {
    for (std::size_t steps = 0; parent != none; parent = nodes_[parent].parent)
      if (parent == child || ++steps > most_ancestors) return true;
    return false;
  }
  /// Step 1: each message under the last that it refers to, these in a chain.
  void add(const Threaded& message) {
    Index own = message.id.empty() ? none : of(message.id);
    if (own == none || nodes_[own].message != nullptr) {  // no id, or one that another message has too
      own = nodes_.size();
      nodes_.emplace_back();
    }
    nodes_[own].message = &message;
    Index before = none;
    for (const std::string& id : message.references) {
      const Index at = of(id);
      if (before != none && nodes_[at].parent == none && !leads_back(at, before)) nodes_[at].parent = before;
      before = at;
    }
    nodes_[own].parent = none;
    if (before != none && !leads_back(own, before)) nodes_[own].parent = before;
  }
  /// Steps 2 to 4: who is not here makes room for its children; brothers by date.
  void gather() {
    std::vector<std::vector<Index>> below(nodes_.size());
    std::vector<Index> order;
    for (Index i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].parent == none)
        order.push_back(i);
      else
        below[nodes_[i].parent].push_back(i);
    const std::size_t tops = order.size();
    for (Index i = 0; i < order.size(); ++i) order.insert(order.end(), below[order[i]].begin(), below[order[i]].end());
    for (std::size_t i = order.size(); i-- > 0;) {  // children before their parents
      Node& node = nodes_[order[i]];
      for (const Index child : below[order[i]])
        if (nodes_[child].message != nullptr)
          node.children.push_back(child);
        else
          take_over(node, child);
      sort(node.children);
    }
    for (std::size_t i = 0; i < tops; ++i) {
      const Node& node = nodes_[order[i]];
      if (node.message != nullptr || node.children.size() > 1)
        roots_.push_back(order[i]);
      else
        roots_.insert(roots_.end(), node.children.begin(), node.children.end());
    }
    sort(roots_);
  }
  void take_over(Node& node, Index gone) {
    node.children.insert(node.children.end(), nodes_[gone].children.begin(), nodes_[gone].children.end());
    nodes_[gone].children.clear();
  }
  const Threaded& first(Index at) const {
    return nodes_[at].message != nullptr ? *nodes_[at].message : *nodes_[nodes_[at].children.front()].message;
  }
  void sort(std::vector<Index>& brothers) const {
    std::stable_sort(brothers.begin(), brothers.end(), [&](Index a, Index b) {
      return std::tie(first(a).date, first(a).number) < std::tie(first(b).date, first(b).number);
    });
  }
  /// Step 5: threads of one subject are one.
  void join_by_subject() {
    std::unordered_map<std::string, Index> by_subject;
    const auto absent = [&](Index at) { return nodes_[at].message == nullptr; };
    for (const Index root : roots_) {
      if (first(root).subject.empty()) continue;
      const auto [at, fresh] = by_subject.try_emplace(first(root).subject, root);
      if (fresh) continue;
      const Index there = at->second;
      const bool better = (absent(root) && !absent(there)) ||
                          (absent(root) == absent(there) && first(there).reply && !first(root).reply);
      if (better) at->second = root;
    }
    std::vector<Index> left;
    for (const Index root : roots_) {
      const auto at = by_subject.find(first(root).subject);
      if (at == by_subject.end() || at->second == root) {
        left.push_back(root);
        continue;
      }
      const Index there = at->second;
      if (absent(root) && absent(there)) {
        take_over(nodes_[there], root);
      } else if (absent(there) || (first(root).reply && !first(there).reply)) {
        nodes_[there].children.push_back(root);
      } else {  // neither answers the other: brothers, of somebody who is not here
        const Index both = nodes_.size();
        nodes_.emplace_back();
        nodes_[both].children = {there, root};
        sort(nodes_[both].children);
        at->second = both;
        std::replace(left.begin(), left.end(), there, both);  // it came before: of equals the first is in the table
        continue;
      }
      sort(nodes_[there].children);
    }
    roots_ = std::move(left);
    sort(roots_);
  }

  std::vector<Node> nodes_;
  std::unordered_map<std::string, Index> by_id_;
  std::vector<Index> roots_;
};

/// Without recursion: a chain may be as long as a folder.
std::string Forest::text() const {
  std::string out;
  struct Item {
    Index node = none;  // none: the sign
    char sign = ' ';
  };
  std::vector<Item> left;
  const auto push_lists = [&](const std::vector<Index>& nodes) {
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
      left.push_back({none, ')'});
      left.push_back({*node});
      left.push_back({none, '('});
    }
  };
  push_lists(roots_);
  while (!left.empty()) {
    const Item item = left.back();
    left.pop_back();
    if (item.node == none) {
      out += item.sign;
      continue;
    }
    const Node& node = nodes_[item.node];
    if (node.message != nullptr) out += std::to_string(node.message->number);
    if (node.children.empty()) continue;
    if (node.children.size() == 1 && node.message != nullptr) {
      left.push_back({node.children.front()});
      left.push_back({none, ' '});
      continue;
    }
    if (node.message != nullptr) out += ' ';
    push_lists(node.children);
  }
  return out;
}
}  // namespace

std::vector<std::string> message_ids(std::string_view field) {
  std::vector<std::string> ids;
  while (true) {
    const std::size_t begin = field.find('<');
    if (begin == std::string_view::npos) break;
    field.remove_prefix(begin);
    const std::size_t end = field.find_first_of("> \t\r\n<", 1);
    if (end == std::string_view::npos) break;
    if (field[end] == '>' && end > 1) ids.emplace_back(field.substr(0, end + 1));
    field.remove_prefix(end);
  }
  if (ids.size() > most_references) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(most_references));
  return ids;
}

std::string threads_by_references(const std::vector<Threaded>& messages) { return Forest(messages).text(); }

std::string threads_by_subject(const std::vector<Threaded>& messages) {
  std::vector<const Threaded*> sorted;
  for (const Threaded& message : messages) sorted.push_back(&message);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Threaded* a, const Threaded* b) {
    return std::tie(a->subject, a->date, a->number) < std::tie(b->subject, b->date, b->number);
  });
  std::vector<std::vector<const Threaded*>> threads;
  for (const Threaded* message : sorted)
    if (threads.empty() || threads.back().front()->subject != message->subject)
      threads.push_back({message});
    else
      threads.back().push_back(message);
  std::stable_sort(threads.begin(), threads.end(), [](const auto& a, const auto& b) {
    return std::tie(a.front()->date, a.front()->number) < std::tie(b.front()->date, b.front()->number);
  });
  std::string out;
  for (const auto& thread : threads) {
    out += '(' + std::to_string(thread.front()->number);
    if (thread.size() == 2) out += ' ' + std::to_string(thread.back()->number);
    if (thread.size() > 2) {
      out += ' ';
      for (std::size_t i = 1; i < thread.size(); ++i) out += '(' + std::to_string(thread[i]->number) + ')';
    }
    out += ')';
  }
  return out;
}

}  // namespace vanthu::reading_room
