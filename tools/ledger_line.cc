// SPDX-License-Identifier: Apache-2.0
// A ledger entry as one line for people.
#include "tools/ledger_command.h"

namespace tidegate::tools {
namespace {

using namespace edge;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}
/// Enough of a handle to follow one card through a list.
std::string card(const CardHandle& handle) {
  return "card " + to_hex(ByteView{handle.get()}.first(4));
}
std::string of_intent(SequenceNo intent) {
  return " of intent " + std::to_string(intent.get());
}
std::string quoted(const std::string& text) {
  return " (" + text + ")";
}
std::string text(std::string_view view) {
  return std::string{view};
}
std::string version(const std::string& name, std::uint64_t number) {
  return name + " number " + std::to_string(number);
}

struct Gist {
  std::string operator()(const Genesis& g) const {
    std::string out = "box " + g.box + ", realm " + text(realm_name(g.realm));
    if (!g.because.empty()) out += ", new epoch because " + g.because;
    return out;
  }
  std::string operator()(const Boot& b) const {
    return "software " + b.software + ", boot " + std::to_string(b.boot_number) +
           (b.clean_stop ? "" : ", the last run did not end by itself");
  }
  std::string operator()(const Intent& i) const {
    return i.amount.yuan() + " yuan, " + card(i.card) + ", " + text(fare::name_of(i.tap.kind)) +
           " " + i.context.stop.get() + ", balance " + i.balance_before.yuan();
  }
  std::string operator()(const Outcome& o) const {
    return text(name_of(o.result)) + " " + o.amount.yuan() + " yuan, " + card(o.card) +
           of_intent(o.intent) + quoted(text(name_of(o.evidence)));
  }
  std::string operator()(const AccountCharge& a) const {
    return a.amount.yuan() + " yuan, " + a.scheme + ", " + text(fare::name_of(a.tap.kind)) + " " +
           a.context.stop.get();
  }
  std::string operator()(const Sighting& s) const {
    return card(s.card) + ", debited by terminal " + to_hex(s.terminal.get()) +
           (s.opened ? ", opened" : "");
  }
  std::string operator()(const Void& v) const {
    return "end" + of_intent(v.intent) + quoted(v.because);
  }
  std::string operator()(const Refusal& r) const {
    std::string out = text(fare::refusal_name(r.code));
    if (r.card) out += ", " + card(*r.card);
    if (!r.detail.empty()) out += quoted(r.detail);
    return out;
  }
  std::string operator()(const Passage& p) const {
    return std::string{p.passed ? "went through" : "nobody went through"} + ", outcome " +
           std::to_string(p.outcome.get());
  }
  std::string operator()(const ModeChange& m) const {
    return "modes " + std::to_string(m.before.bits) + " to " + std::to_string(m.after.bits) +
           " by " + m.who + quoted(m.because);
  }
  std::string operator()(const BookActivation& a) const { return version(a.name, a.number); }
  std::string operator()(const ListActivation& a) const {
    return version(text(file_kind_name(a.kind)), a.number);
  }
  std::string operator()(const ClockStep& s) const {
    return std::to_string(s.step_ms) + " ms by " + s.source;
  }
  std::string operator()(const StaffAct& a) const {
    return a.act + " by " + a.who + quoted(a.because);
  }
  std::string operator()(const Shift& s) const { return s.who + (s.begins ? " begins" : " ends"); }
  std::string operator()(const Update& u) const {
    return u.act + ", " + card(u.card) + ", cash " + u.cash.yuan() + " yuan";
  }
  std::string operator()(const CardLock& l) const {
    return card(l.card) + ", denylist " + std::to_string(l.list_number);
  }
  std::string operator()(const SamChange& s) const {
    return to_hex(s.before.get()) + " to " + to_hex(s.after.get());
  }
  std::string operator()(const TripRun& t) const {
    return "route " + t.route + " trip " + t.trip + (t.begins ? " begins" : " ends");
  }
  std::string operator()(const Maintenance& m) const { return m.act + " by " + m.who; }
  std::string operator()(const Pruned& p) const {
    return "entries " + std::to_string(p.first.get()) + " to " + std::to_string(p.last.get());
  }
  std::string operator()(const Checkpoint& c) const {
    return std::to_string(c.totals.debited) + " debits, " + c.totals.debited_fen.yuan() + " yuan";
  }
};

/// Names come from outside: nothing in them may move the cursor of a terminal.
std::string printable(std::string line) {
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return line;
}

}  // namespace

std::string ledger_line(const StoredEntry& stored) {
  const EntryHead& head = stored.entry.head;
  std::string out = iso8601(head.at) + (head.clock.trusted ? "  " : "? ");
  out += padded(std::to_string(stored.sequence.get()), 8) + " ";
  out += padded(text(kind_name(stored.entry.body)), 15) + " ";
  out += padded(head.aisle.get() == 0 ? "box" : "aisle " + std::to_string(head.aisle.get()), 9);
  return printable(out + std::visit(Gist{}, stored.entry.body));
}

}  // namespace tidegate::tools
