// SPDX-License-Identifier: Apache-2.0
// Journey policies and mode history in fare book bytes.
#include "fare/engine/policy_codec.h"

namespace tidegate::fare::codec {

Offset<fb::JourneyPolicy> put_policy(Builder& out, const JourneyPolicy& policy) {
  if (policy == JourneyPolicy{}) return {};
  const bool by_distance = !policy.limit_of.empty();
  std::vector<fb::LimitBand> limits;
  std::vector<fb::DistanceLimit> distance_limits;
  for (const LimitBand& band : policy.limits)
    if (by_distance)
      distance_limits.emplace_back(band.to_m, band.minutes);
    else
      limits.emplace_back(fen32(band.to), band.minutes);
  std::vector<fb::Completion> completions;
  for (const Completion& one : policy.completions)
    completions.emplace_back(one.network, one.next, one.exit, one.minutes);
  const auto all_limits = limits.empty() ? 0 : out.CreateVectorOfStructs(limits);
  const auto all_distances =
      distance_limits.empty() ? 0 : out.CreateVectorOfStructs(distance_limits);
  const auto limit_of = put_values<std::uint8_t>(out, policy.limit_of);
  const auto all_completions = completions.empty() ? 0 : out.CreateVectorOfStructs(completions);
  return fb::CreateJourneyPolicy(
      out, all_limits, std::to_underlying(policy.overstay), fen32(policy.overstay_fen),
      std::to_underlying(policy.same_station), fen32(policy.same_station_fen),
      policy.same_station_free_minutes, std::to_underlying(policy.no_entry),
      fen32(policy.no_entry_fen), std::to_underlying(policy.no_exit), fen32(policy.no_exit_fen),
      std::to_underlying(policy.collected_in), std::to_underlying(policy.open_elsewhere),
      policy.complete_certain, all_completions, fen32(policy.maximum), fen32(policy.minimum),
      policy.forgiven_modes.bits, policy.forgiven_days, all_distances, limit_of);
}

namespace {

Status get_limits(const fb::JourneyPolicy& in, std::size_t& cells_left, JourneyPolicy& out) {
  const auto* const limits = in.limits();
  const auto* const distances = in.distance_limits();
  if (limits != nullptr && distances != nullptr)
    return fail(Errc::invalid, "time limits by fare and by distance");
  if ((limits != nullptr && limits->size() > kLimitBandsMax) ||
      (distances != nullptr && distances->size() > kLimitBandsMax))
    return fail(Errc::invalid, "too many time limits");
  if (limits != nullptr)
    for (const fb::LimitBand* band : *limits)
      out.limits.push_back({Fen{band->to_fen()}, band->minutes()});
  if (distances != nullptr)
    for (const fb::DistanceLimit* band : *distances)
      out.limits.push_back({Fen{}, band->minutes(), band->to_m()});
  if (in.limit_of() == nullptr) return {};
  // Offsets may be shared: networks may not copy one large table again and again.
  if (in.limit_of()->size() > cells_left) return fail(Errc::invalid, "matrices are too large");
  cells_left -= in.limit_of()->size();
  out.limit_of.assign(in.limit_of()->begin(), in.limit_of()->end());
  return {};
}

}  // namespace

Result<JourneyPolicy> get_policy(const fb::JourneyPolicy* in, std::size_t& cells_left) {
  JourneyPolicy out;
  if (in == nullptr) return out;
  if (auto ok = get_limits(*in, cells_left, out); !ok) return fail(std::move(ok.error()));
  if (in->completions() != nullptr) {
    if (in->completions()->size() > kCompletionsMax)
      return fail(Errc::invalid, "too many completions");
    for (const fb::Completion* one : *in->completions())
      out.completions.push_back({one->network(), one->next(), one->exit(), one->minutes()});
  }
  out.overstay = Overstay{in->overstay()};
  out.overstay_fen = Fen{in->overstay_fen()};
  out.same_station = SameStation{in->same_station()};
  out.same_station_fen = Fen{in->same_station_fen()};
  out.same_station_free_minutes = in->same_station_free_minutes();
  out.no_entry = Unseen{in->no_entry()};
  out.no_entry_fen = Fen{in->no_entry_fen()};
  out.no_exit = Unseen{in->no_exit()};
  out.no_exit_fen = Fen{in->no_exit_fen()};
  out.collected_in = CollectedIn{in->collected_in()};
  out.open_elsewhere = OpenElsewhere{in->open_elsewhere()};
  out.complete_certain = in->complete_certain();
  out.maximum = Fen{in->maximum_fen()};
  out.minimum = Fen{in->minimum_fen()};
  out.forgiven_modes.bits = in->forgiven_modes();
  out.forgiven_days = in->forgiven_days();
  return out;
}

Offset<IntervalTables> put_history(Builder& out, const ModeHistory& history) {
  std::vector<Offset<fb::ModeInterval>> all;
  for (const ModeInterval& one : history) {
    const auto network = out.CreateString(one.network.view());
    const auto stop =
        one.stop.empty() ? Offset<flatbuffers::String>{} : out.CreateString(one.stop.view());
    all.push_back(fb::CreateModeInterval(out, network, stop, one.modes.bits,
                                         one.from.time_since_epoch().count(),
                                         one.until.time_since_epoch().count()));
  }
  return put_list(out, all);
}

Result<ModeHistory> get_history(const IntervalTables* in) {
  ModeHistory out;
  if (in == nullptr) return out;
  if (in->size() > kModeHistoryMax) return fail(Errc::invalid, "mode history is too long");
  const auto when = [](std::int64_t ms) { return Timestamp{std::chrono::milliseconds{ms}}; };
  for (const fb::ModeInterval* one : *in) {
    // What does not fit an id would be cut to another one.
    if (one->network()->size() > kIdBytesMax ||
        (one->stop() != nullptr && one->stop()->size() > kIdBytesMax))
      return fail(Errc::invalid, "mode history: an id has more than 64 characters");
    out.push_back({one->network()->string_view(),
                   one->stop() != nullptr ? one->stop()->string_view() : std::string_view{},
                   Modes{one->modes()}, when(one->from_ms()), when(one->until_ms())});
  }
  return out;
}

}  // namespace tidegate::fare::codec
