// SPDX-License-Identifier: Apache-2.0
// Activates the issuer list and the table of places, and asks them about a card.
#include "edge/gate/card_lists.h"

#include <utility>

#include "edge/gate/kept_file.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kListBytesMax = 64UL << 20U;
constexpr Byte kRail = 0x01, kBus = 0x02;
constexpr std::size_t kWholeCode = 8;  // hex digits of line and station

/// The list, and the hash of its payload.
template <class List>
struct Loaded {
  std::shared_ptr<const List> list;
  Hash256 hash{};
};

template <class List>
KeptFile<Loaded<List>> file_of(const BoxConfig& config, const std::filesystem::path& offered,
                               const std::vector<crypto::Key32>& trusted, FileKind kind,
                               const char* kept_name) {
  EnvelopePolicy policy{.kind = kind, .realm = config.realm, .trusted = trusted};
  policy.payload_bytes_max = kListBytesMax;
  return {offered, config.state_dir / "accepted" / kept_name, std::move(policy),
          file_kind_name(kind), [](const Envelope& envelope) -> Result<Loaded<List>> {
            auto list = List::load(envelope.payload);
            if (!list) return fail(std::move(list.error()));
            if ((*list)->number() != envelope.header.number)
              return fail(Errc::invalid, "its number is not the envelope's");
            return Loaded<List>{std::move(*list), envelope.header.payload_hash};
          }};
}

template <class List>
Status take(const KeptFile<Loaded<List>>& file, bool keep, FileKind kind,
            std::shared_ptr<const List>& list, ActiveLists& out) {
  auto proven = keep ? file.activate() : file.examine();
  if (!proven) return fail(std::move(proven.error()));
  out.activations.push_back({kind, proven->envelope_number, proven->value.hash});
  list = std::move(proven->value.list);
  return {};
}

Result<ActiveLists> bring(const BoxConfig& config, bool keep) {
  ActiveLists out;
  if (!config.lists.issuers.empty()) {
    const auto file = file_of<nfc::IssuerList>(config, config.lists.issuers, config.lists.trusted,
                                               FileKind::issuer_list, "cards.issuers");
    if (auto taken = take(file, keep, FileKind::issuer_list, out.lists.issuers, out); !taken)
      return fail(std::move(taken.error()));
  }
  if (!config.lists.places.empty()) {
    const auto file = file_of<nfc::Places>(config, config.lists.places, config.lists.places_trusted,
                                           FileKind::places, "cards.places");
    if (auto taken = take(file, keep, FileKind::places, out.lists.places, out); !taken)
      return fail(std::move(taken.error()));
  }
  return out;
}

/// Which stop the bytes of an open journey are.
void map(const nfc::Places& places, fare::OpenJourney& open, Byte industry) {
  const fare::CardCode& where = open.where;
  const nfc::PlaceFound found = places.find({.city = where.city,
                                             .industry = industry,
                                             .line = {where.station[4], where.station[5]},
                                             .station = {where.station[6], where.station[7]},
                                             .terminal = open.terminal});
  if (found.station == nullptr) return;
  // Only a whole code is sure to be one place: a terminal number, or line and station in full.
  if (!found.by_terminal && found.station->code.size() != kWholeCode) return;
  open.mapped_network = NetworkId{found.station->network};
  open.mapped_stop = StopCode{found.station->stop};
}

}  // namespace

void CardLists::tell(const nfc::CardImage& image, fare::Medium& medium) const {
  if (issuers) medium.rider = issuers->rider(medium.issuer, image.kind.card_kind);
  if (!places) return;
  if (medium.open) map(*places, *medium.open, kRail);
  if (medium.open_bus) map(*places, *medium.open_bus, kBus);
}

Result<ActiveLists> examine_lists(const BoxConfig& config) {
  return bring(config, false);
}

Result<ActiveLists> activate_lists(const BoxConfig& config) {
  return bring(config, true);
}

}  // namespace tidegate::edge
