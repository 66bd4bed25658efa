// SPDX-License-Identifier: Apache-2.0
// Verifies, proves and keeps fare books.
#include "edge/gate/book_store.h"

#include <utility>

#include "base/envelope/envelope.h"
#include "base/log.h"
#include "base/posix/fd.h"
#include "fare/engine/golden.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kBookBytesMax = 256UL << 20U;

}  // namespace

std::filesystem::path BookStore::accepted() const {
  return config_.state_dir / "accepted" / "fares.book";
}

Result<BookStore::Candidate> BookStore::prove(const std::filesystem::path& file,
                                              std::uint64_t number_min) const {
  Candidate out;
  // Everything below works on this copy: another process may write the file meanwhile.
  auto bytes = posix::read_file(file, kBookBytesMax);
  if (!bytes) return fail(std::move(bytes.error()), file.string());
  out.file = std::move(*bytes);
  auto envelope = open_envelope(out.file, {.kind = FileKind::fare_book,
                                           .realm = config_.realm,
                                           .number_min = number_min,
                                           .trusted = config_.book_keys});
  if (!envelope) return fail(std::move(envelope.error()), file.string());
  out.envelope_number = envelope->header.number;
  out.active.hash = envelope->header.payload_hash;
  auto book = fare::Book::load(std::move(envelope->payload));
  if (!book) return fail(std::move(book.error()), file.string());
  out.active.book = *book;
  out.active.number = (*book)->number();
  if (auto golden = fare::check_golden_journeys(**book); !golden)
    return fail(std::move(golden.error()), file.string());
  auto here = (*book)->stop_on_card(config_.network, config_.stop);
  if (!here) {
    return fail(Errc::refused, file.string() + ": has no stop " + config_.stop.get() + " in " +
                                   config_.network.get() + ", where this box stands");
  }
  out.active.here = std::move(*here);
  return out;
}

/// A dry run: somebody with money taps here now. A book that is only for later has no fare for it.
bool BookStore::prices_now(const ActiveBook& active) const {
  fare::Medium medium;
  medium.balance = Fen{0xFFFFFF};
  fare::TapContext context;
  context.box_kind = config_.kind;
  context.network = config_.network;
  context.stop = config_.stop;
  fare::Tap tap;
  tap.kind = config_.kind == fare::BoxKind::vehicle ? fare::TapKind::board : fare::TapKind::entry;
  tap.at = SystemClock{}.now();
  return fare::price(*active.book, medium, context, tap).accepted();
}

Result<ActiveBook> BookStore::examine() const {
  auto candidate = prove(config_.book, 0);
  if (!candidate) return fail(std::move(candidate.error()));
  return std::move(candidate->active);
}

Result<ActiveBook> BookStore::activate() const {
  auto last_good = prove(accepted(), 0);
  if (!last_good && last_good.error().code() != Errc::not_found)
    log(Priority::alert, "accepted_book_bad", {{"error", last_good.error()}});
  auto fresh = prove(config_.book, last_good ? last_good->envelope_number : 0);
  if (fresh && last_good && !prices_now(fresh->active))
    fresh = fail(Errc::refused, config_.book.string() + ": has no tariff for this station today");
  if (!fresh) {
    log(Priority::alert, "book_refused", {{"error", fresh.error()}});
    if (!last_good) return fail(std::move(fresh.error()));
    log(Priority::warning, "last_good_book_stays", {{"number", last_good->active.number}});
    return std::move(last_good->active);
  }
  if (!last_good || last_good->file != fresh->file) {
    std::error_code error;
    std::filesystem::create_directories(accepted().parent_path(), error);
    std::filesystem::permissions(accepted().parent_path(), std::filesystem::perms::owner_all,
                                 error);
    if (auto kept = posix::write_file_durably(accepted(), fresh->file, 0600); !kept) {
      // A full disk is no reason to stop the station: the last good book is proven.
      log(Priority::alert, "book_not_kept", {{"error", kept.error()}});
      if (!last_good) return fail(std::move(kept.error()), "keeping the fare book");
      return std::move(last_good->active);
    }
  }
  return std::move(fresh->active);
}

}  // namespace tidegate::edge
