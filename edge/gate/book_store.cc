// SPDX-License-Identifier: Apache-2.0
// Verifies, proves and keeps fare books.
#include "edge/gate/book_store.h"

#include <utility>

#include "fare/engine/golden.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kBookBytesMax = 256UL << 20U;

}  // namespace

KeptFile<ActiveBook> BookStore::file() const {
  EnvelopePolicy policy{
      .kind = FileKind::fare_book, .realm = config_.realm, .trusted = config_.book_keys};
  policy.payload_bytes_max = kBookBytesMax;
  return {config_.book, config_.state_dir / "accepted" / "fares.book", std::move(policy), "book",
          [this](Envelope envelope) { return prove(std::move(envelope)); }};
}

Result<ActiveBook> BookStore::prove(Envelope envelope) const {
  ActiveBook out;
  out.hash = envelope.header.payload_hash;
  auto book = fare::Book::load(std::move(envelope.payload));
  if (!book) return fail(std::move(book.error()));
  out.book = *book;
  out.number = (*book)->number();
  if (auto golden = fare::check_golden_journeys(**book); !golden)
    return fail(std::move(golden.error()));
  auto here = (*book)->stop_on_card(config_.network, config_.stop);
  if (!here) {
    return fail(Errc::refused, "has no stop " + config_.stop.get() + " in " +
                                   config_.network.get() + ", where this box stands");
  }
  out.here = std::move(*here);
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
  tap.kind = config_.kind == fare::BoxKind::station ? fare::TapKind::entry : fare::TapKind::board;
  tap.at = SystemClock{}.now();
  return fare::price(*active.book, medium, context, tap).accepted();
}

Result<ActiveBook> BookStore::examine() const {
  auto proven = file().examine();
  if (!proven) return fail(std::move(proven.error()));
  return std::move(proven->value);
}

Result<ActiveBook> BookStore::activate() const {
  auto proven = file().activate([this](const ActiveBook& fresh, const ActiveBook&) -> Status {
    if (prices_now(fresh)) return {};
    return fail(Errc::refused, config_.book.string() + ": has no tariff for this station today");
  });
  if (!proven) return fail(std::move(proven.error()));
  return std::move(proven->value);
}

}  // namespace tidegate::edge
