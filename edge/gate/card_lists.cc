// SPDX-License-Identifier: Apache-2.0
// Activates the signed lists, and asks them about a card.
#include "edge/gate/card_lists.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "edge/gate/kept_file.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kListBytesMax = 64UL << 20U;
/// Cards of a denylist that may always come or go at once: a short list doubles in a day.
constexpr std::size_t kSmallChange = 1000;
constexpr Byte kRail = 0x01, kBus = 0x02;
constexpr std::size_t kWholeCode = 8;  // hex digits of line and station

/// The list, and the hash of its payload.
template <class List>
struct Loaded {
  std::shared_ptr<const List> list;
  Hash256 hash{};
};

/// What is known of one of the box's lists before its file is read.
template <class List>
struct ListPlan {
  ListFile offered;
  FileKind kind{};
  const char* kept_name = "";
  /// Whether a list that is sound in itself is for this box.
  std::function<Status(const List& list)> fits{};
  std::function<Status(const List& fresh, const List& last_good)> replaces{};
};

template <class List>
KeptFile<Loaded<List>> file_of(const BoxConfig& config, const ListPlan<List>& plan) {
  EnvelopePolicy policy{.kind = plan.kind, .realm = config.realm, .trusted = plan.offered.trusted};
  policy.payload_bytes_max = kListBytesMax;
  return {plan.offered.file, config.state_dir / "accepted" / plan.kept_name, std::move(policy),
          file_kind_name(plan.kind), [&plan](const Envelope& envelope) -> Result<Loaded<List>> {
            auto list = List::load(envelope.payload);
            if (!list) return fail(std::move(list.error()));
            if ((*list)->number() != envelope.header.number)
              return fail(Errc::invalid, "its number is not the envelope's");
            if (plan.fits)
              if (auto fits = plan.fits(**list); !fits) return fail(std::move(fits.error()));
            return Loaded<List>{std::move(*list), envelope.header.payload_hash};
          }};
}

/// Brings the files of a box into use, or only proves them.
class Bringing {
 public:
  Bringing(const BoxConfig& config, bool keep) : config_{config}, keep_{keep} {}

  template <class List>
  Status take(const ListPlan<List>& plan, std::shared_ptr<const List>& list) {
    if (plan.offered.file.empty()) return {};
    const auto file = file_of(config_, plan);
    typename KeptFile<Loaded<List>>::Replaces replaces;
    if (plan.replaces)
      replaces = [&plan](const Loaded<List>& fresh, const Loaded<List>& last_good) {
        return plan.replaces(*fresh.list, *last_good.list);
      };
    auto proven = keep_ ? file.activate(replaces) : file.examine();
    if (!proven) return fail(std::move(proven.error()));
    activations.push_back({plan.kind, proven->envelope_number, proven->value.hash});
    list = std::move(proven->value.list);
    return {};
  }
  std::vector<ListActivation> activations;

 private:
  const BoxConfig& config_;
  bool keep_;
};

/// A list of another key would find nobody.
template <class List>
std::function<Status(const List&)> made_with(const crypto::Key16& list_key) {
  return [check = nfc::list_key_check(list_key)](const List& list) -> Status {
    if (list.key_check() == check) return {};
    return fail(Errc::refused, "was made with another list key than the box's list.key");
  };
}

/// A file that stops half the city, or nobody any more, is a mistake until somebody says it is
/// none.
Status small_change(const nfc::Denylist& fresh, const nfc::Denylist& last_good,
                    std::uint32_t percent) {
  const std::size_t changed = fresh.changed_since(last_good);
  const std::size_t most = std::max(kSmallChange, last_good.size() * percent / 100);
  if (changed <= most) return {};
  return fail(Errc::refused, std::to_string(changed) + " cards come or go at once, above " +
                                 std::to_string(most) + " (denylist_change_percent)");
}

Result<ActiveLists> bring(const BoxConfig& config, const BoxKeys& keys, bool keep) {
  const ListConfig& files = config.lists;
  if (!files.denylist.file.empty() && !keys.list)
    return fail(Errc::not_found, (config.keys_dir / "list.key").string() +
                                     ": the key of the lists by list handle is not there");
  ActiveLists out;
  CardLists& lists = out.lists;
  lists.list_key = keys.list.value_or(crypto::Key16{});
  Bringing bringing{config, keep};
  const ListPlan<nfc::IssuerList> issuers{
      {files.issuers, files.trusted}, FileKind::issuer_list, "cards.issuers"};
  const ListPlan<nfc::Places> places{
      {files.places, files.places_trusted}, FileKind::places, "cards.places"};
  const ListPlan<nfc::Denylist> denylist{
      files.denylist, FileKind::denylist, "cards.denylist",
      made_with<nfc::Denylist>(lists.list_key),
      [&](const nfc::Denylist& fresh, const nfc::Denylist& last_good) {
        return small_change(fresh, last_good, files.denylist_change);
      }};
  if (auto ok = bringing.take(issuers, lists.issuers); !ok) return fail(std::move(ok.error()));
  if (auto ok = bringing.take(places, lists.places); !ok) return fail(std::move(ok.error()));
  if (auto ok = bringing.take(denylist, lists.denylist); !ok) return fail(std::move(ok.error()));
  out.activations = std::move(bringing.activations);
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

std::optional<nfc::DenyReason> CardLists::denied(const CardNumber& number) const {
  if (!denylist) return std::nullopt;
  return denylist->find(nfc::list_handle(list_key, number));
}

Result<ActiveLists> examine_lists(const BoxConfig& config, const BoxKeys& keys) {
  return bring(config, keys, false);
}

Result<ActiveLists> activate_lists(const BoxConfig& config, const BoxKeys& keys) {
  return bring(config, keys, true);
}

}  // namespace tidegate::edge
