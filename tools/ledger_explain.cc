// SPDX-License-Identifier: Apache-2.0
// `tidegate ledger explain`: one entry for people: where, when, with what, what was charged and
// why.
#include <algorithm>
#include <iostream>
#include <optional>

#include "fare/authoring/journey_json.h"
#include "tools/fare_book_file.h"
#include "tools/ledger_command.h"
#include "tools/price_text.h"
#include "tools/progress_line.h"

namespace tidegate::tools {
namespace {

using namespace edge;

/// An outcome follows its intent within a tap; recovery may take days of other entries.
constexpr std::uint64_t kOutcomeWithin = 100'000;

Result<StoredEntry> entry_at(const std::filesystem::path& folder, SequenceNo number) {
  std::optional<StoredEntry> found;
  auto read = read_ledger(folder, number, [&found](const StoredEntry& stored) {
    found = stored;
    return false;
  });
  if (!read) return fail(std::move(read.error()));
  if (!found) {
    const auto head = read_head(folder);
    return fail(Errc::not_found,
                "there is no entry " + std::to_string(number.get()) +
                    (head ? ", the last one is " + std::to_string(head->sequence.get()) : ""));
  }
  if (found->sequence != number)
    return fail(Errc::not_found, "entry " + std::to_string(number.get()) +
                                     " was pruned, the next one that is left is " +
                                     std::to_string(found->sequence.get()));
  return *std::move(found);
}

/// The entry that says what happened to an intent; nullopt: none does yet.
std::optional<StoredEntry> end_of(const std::filesystem::path& folder, SequenceNo intent) {
  std::optional<StoredEntry> found;
  const auto looked = read_ledger(folder, intent, [&](const StoredEntry& stored) {
    const auto* const outcome = std::get_if<Outcome>(&stored.entry.body);
    const auto* const ended = std::get_if<Void>(&stored.entry.body);
    if ((outcome != nullptr && outcome->intent == intent) ||
        (ended != nullptr && ended->intent == intent))
      found = stored;
    return !found && stored.sequence.get() < intent.get() + kOutcomeWithin;
  });
  return looked ? found : std::nullopt;
}

/// The name under which the box took the book into use, looked for backwards in growing steps.
std::optional<std::string> book_name(const std::filesystem::path& folder, SequenceNo before,
                                     const Hash256& hash) {
  ProgressLine progress{"entries looked through for the book's name"};
  std::uint64_t until = before.get();
  for (std::uint64_t step = 1024; until > 0; step *= 4) {
    const std::uint64_t from = until > step ? until - step : 0;
    std::optional<std::string> found;
    const auto looked = read_ledger(folder, SequenceNo{from}, [&](const StoredEntry& stored) {
      progress.tell(before.get() - until + stored.sequence.get() - from, before.get());
      const auto* const book = std::get_if<BookActivation>(&stored.entry.body);
      if (book != nullptr && book->hash == hash) found = book->name;
      return stored.sequence.get() < until;
    });
    if (!looked || found) return found;
    until = from;
  }
  return std::nullopt;
}

/// The number of the entry that this one is about; 0: itself.
SequenceNo about(const EntryBody& body) {
  if (const auto* const passage = std::get_if<Passage>(&body)) return passage->outcome;
  if (const auto* const outcome = std::get_if<Outcome>(&body)) return outcome->intent;
  if (const auto* const update = std::get_if<Update>(&body)) return update->intent;
  if (const auto* const ended = std::get_if<Void>(&body))
    return ended->intent.get() != 0 ? ended->intent : ended->charge;
  return SequenceNo{0};
}

/// What an intent and an account's charge have in common.
struct Priced {
  const fare::TapContext& context;
  const fare::Tap& tap;
  const fare::Decision& decision;
  const fare::Medium* medium;  ///< nullptr: not kept
  const Hash256& hash;
  std::uint64_t number;
  std::uint16_t engine;
};

std::string civil(Timestamp at) {
  std::string text = iso8601(at).substr(0, 19);
  text[10] = ' ';
  return text;
}

class Explanation {
 public:
  Explanation(const std::filesystem::path& folder, const FareBookFile* book)
      : folder_{folder}, book_{book} {}

  [[nodiscard]] std::string of(const StoredEntry& stored) {
    std::string out = ledger_line(stored) + "\n";
    const EntryBody& body = stored.entry.body;
    if (const auto* const intent = std::get_if<Intent>(&body)) return out + of(stored, *intent);
    if (const auto* const charge = std::get_if<AccountCharge>(&body)) {
      const fare::Medium* const medium = charge->medium ? &*charge->medium : nullptr;
      return out + priced(stored, {charge->context, charge->tap, charge->decision, medium,
                                   charge->book_hash, charge->book_number, charge->engine_version});
    }
    if (const auto* const refusal = std::get_if<Refusal>(&body)) {
      // A refusal does not say where: at the place of the box, which the first entry names.
      const auto first = entry_at(folder_, SequenceNo{0});
      const auto* const box = first ? std::get_if<Genesis>(&first->entry.body) : nullptr;
      if (box != nullptr) out += line("地点 / place", box->network + "/" + box->stop);
      out += line("刷卡 / tap", both(fare::tap_text(refusal->tap_kind)));
      out += decision_text(nullptr, fare::refuse(refusal->code), refusal->tap_kind, "  ");
      if (!refusal->detail.empty()) out += line("细节 / detail", refusal->detail);
    }
    return out;
  }

 private:
  static std::string line(std::string_view what, const std::string& text) {
    return "  " + std::string{what} + ": " + text + "\n";
  }

  /// Names of a book that is another one than the price was made with could mislead.
  [[nodiscard]] const fare::Book* names(const Hash256& hash) const {
    return book_ != nullptr && book_->hash == to_hex(hash) ? book_->book.get() : nullptr;
  }

  std::string of(const StoredEntry& stored, const Intent& intent) {
    std::string out = priced(stored, {intent.context, intent.tap, intent.decision, &intent.medium,
                                      intent.book_hash, intent.book_number, intent.engine_version});
    if (intent.decision.charges.size() > 1)
      out += line("本次 / this debit",
                  "第 " + std::to_string(intent.charge_index + 1) + " 笔 / charge " +
                      std::to_string(intent.charge_index + 1) + ": " + intent.amount.yuan());
    const auto end = end_of(folder_, stored.sequence);
    out += line("结果 / outcome", end ? ledger_line(*end) : "尚无 / none yet");
    return out;
  }

  std::string priced(const StoredEntry& stored, const Priced& p) {
    const fare::Book* const names_of = names(p.hash);
    const std::string modes = fare::mode_names(p.tap.modes);
    std::string out =
        line("地点 / place", both(fare::place_text(names_of, p.context.network, p.context.stop)));
    out += line("时间 / time", civil(p.tap.at) + (p.tap.clock_trusted ? ""
                                                                      : " (时钟未校 / clock "
                                                                        "not trusted)"));
    out += line("刷卡 / tap", both(fare::tap_text(p.tap.kind)) +
                                  (modes.empty() ? "" : ", 模式 / modes " + modes));
    if (p.medium != nullptr) out += medium_text(names_of, *p.medium);
    out += decision_text(names_of, p.decision, p.tap.kind, "  ");
    const auto name = book_name(folder_, stored.sequence, p.hash);
    out += line("票价表 / fare book", name.value_or("?") + ", 第 " + std::to_string(p.number) +
                                          " 号 / number " + std::to_string(p.number) +
                                          ", 引擎 / engine " + std::to_string(p.engine));
    out += line("哈希 / hash", to_hex(p.hash));
    if (book_ != nullptr && names_of == nullptr)
      out += line("注意 / note", "--book 不是当时的票价表 / --book is another fare book, " +
                                     book_->hash.substr(0, 16) + "…; its names are not used");
    return out;
  }

  /// Never a card number: the ledger does not have it in plain.
  static std::string medium_text(const fare::Book* book, const fare::Medium& medium) {
    std::string out = both(fare::medium_text(medium.kind)) + ", " +
                      both(fare::rider_text(book, medium.rider)) + ", 发卡方 / issuer " +
                      to_hex(medium.issuer) + ", 余额 / balance " + medium.balance.yuan();
    if (medium.overdraft_left > Fen{} || medium.overdraft_used > Fen{})
      out += ", 可透支 / may overdraw " + medium.overdraft_left.yuan() + ", 已透支 / overdrawn " +
             medium.overdraft_used.yuan();
    out = line("介质 / medium", out);
    // A box reads one record, of rail or of buses.
    const auto& open = medium.open ? medium.open : medium.open_bus;
    if (open) {
      const fare::Bilingual where = fare::place_text(book, *open);
      out += line("行程始于 / journey since",
                  civil(open->at) + "  " +
                      (where.zh.empty() ? "城市 / city " + city(open->where) : both(where)));
    }
    return out;
  }
  static std::string city(const fare::CardCode& code) {
    std::array<Byte, 2> bytes{};
    write_be(bytes, code.city);
    return to_hex(bytes) + ", 站码 / station code " + to_hex(code.station);
  }

  const std::filesystem::path& folder_;
  const FareBookFile* book_;
};

}  // namespace

int ledger_explain(const std::filesystem::path& folder, const ExplainOptions& options,
                   std::ostream& out, std::ostream& err) {
  const auto say = [&err](const Error& error) {
    err << "tidegate ledger: " << error.message() << '\n';
    return 1;
  };
  std::optional<FareBookFile> book;
  if (!options.book.empty()) {
    auto opened = open_fare_book(options.book, {});
    if (!opened) return say(opened.error());
    book = *std::move(opened);
  }
  Explanation explanation{folder, book ? &*book : nullptr};
  std::string text;
  // A passage tells of an outcome, an outcome of its intent.
  for (SequenceNo number{options.sequence};;) {
    const auto stored = entry_at(folder, number);
    if (!stored) return say(stored.error());
    text += explanation.of(*stored);
    const SequenceNo next = about(stored->entry.body);
    if (next.get() == 0 || next >= number) break;
    number = next;
  }
  out << printable_lines(std::move(text));
  return 0;
}

}  // namespace tidegate::tools
