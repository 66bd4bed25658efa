// SPDX-License-Identifier: Apache-2.0
// Verifies, proves and keeps the signed lists.
#include "edge/gate/list_store.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "edge/gate/file_look.h"
#include "edge/gate/kept_file.h"

namespace tidegate::edge {

/// One of the box's lists.
class ListShelf {
 public:
  ListShelf() = default;
  virtual ~ListShelf() = default;
  ListShelf(const ListShelf&) = delete;
  ListShelf& operator=(const ListShelf&) = delete;
  virtual Status examine(ActiveLists& out) = 0;
  virtual Status activate(ActiveLists& out) = 0;
  virtual void renew(CardLists& lists, std::vector<ListActivation>& activations) = 0;
  virtual void tell_age() const = 0;
};

namespace {

constexpr std::size_t kListBytesMax = 96UL << 20U;
/// Cards of a denylist that may always come or go at once: a short list doubles in a day.
constexpr std::size_t kSmallChange = 1000;

/// What is known of a list before its file is read.
template <class List>
struct ListPlan {
  ListFile offered;
  FileKind kind{};
  const char* kept_name = "";
  std::shared_ptr<const List> CardLists::* place{};
  /// Whether a list that is sound in itself is for this box.
  std::function<Status(const List& list)> fits{};
  std::function<Status(const List& fresh, const List& last_good)> replaces{};
  std::chrono::days alarm_age{};  ///< 0: never
};

template <class List>
class ShelfOf final : public ListShelf {
 public:
  ShelfOf(const BoxConfig& config, ListPlan<List> plan, std::chrono::milliseconds retry_after)
      : plan_{std::move(plan)},
        look_{plan_.offered.file},
        file_{file_of(config)},
        retry_after_{retry_after} {}

  Status examine(ActiveLists& out) override { return use(file_.examine(), out); }

  Status activate(ActiveLists& out) override {
    static_cast<void>(look_.changed());  // before it is read: what comes later is seen
    return use(file_.activate([this](const Loaded& fresh, const Loaded& last_good) {
      return may_replace(*fresh.list, *last_good.list);
    }),
               out);
  }

  void renew(CardLists& lists, std::vector<ListActivation>& activations) override {
    const bool again = retry_at_ && std::chrono::steady_clock::now() >= *retry_at_;
    if (!look_.changed() && !again) return;
    retry_at_.reset();
    auto fresh = file_.renew(
        in_use_.number,
        [&](const Loaded& value) {
          const auto& last_good = lists.*plan_.place;
          return last_good ? may_replace(*value.list, *last_good) : Status{};
        },
        [this](const Proven<Loaded>& proven) { return in_use_.hash == proven.value.hash; });
    if (!fresh) return stay(fresh.error());
    if (in_use_.hash == fresh->value.hash) return;
    lists.*plan_.place = take(std::move(*fresh));
    activations.push_back(in_use_);
    tell_age();
  }

  void tell_age() const override {
    const auto age = std::chrono::floor<std::chrono::days>(SystemClock{}.now() - created_);
    if (plan_.alarm_age.count() > 0 && age > plan_.alarm_age)
      log(Priority::alert, "list_old",
          {{"what", file_kind_name(plan_.kind)},
           {"number", in_use_.number},
           {"days", age.count()}});
  }

 private:
  /// The list, and the hash of its payload.
  struct Loaded {
    std::shared_ptr<const List> list;
    Hash256 hash{};
    Timestamp created{};
  };

  KeptFile<Loaded> file_of(const BoxConfig& config) const {
    EnvelopePolicy policy{
        .kind = plan_.kind, .realm = config.realm, .trusted = plan_.offered.trusted};
    policy.payload_bytes_max = kListBytesMax;
    return {plan_.offered.file, config.state_dir / "accepted" / plan_.kept_name, std::move(policy),
            file_kind_name(plan_.kind), [this](const Envelope& file) { return load(file); }};
  }

  Result<Loaded> load(const Envelope& envelope) const {
    auto list = List::load(envelope.payload);
    if (!list) return fail(std::move(list.error()));
    if ((*list)->number() != envelope.header.number)
      return fail(Errc::invalid, "its number is not the envelope's");
    if (plan_.fits)
      if (auto fits = plan_.fits(**list); !fits) return fail(std::move(fits.error()));
    return Loaded{std::move(*list), envelope.header.payload_hash, envelope.header.created};
  }

  Status may_replace(const List& fresh, const List& last_good) const {
    return plan_.replaces ? plan_.replaces(fresh, last_good) : Status{};
  }

  Status use(Result<Proven<Loaded>> proven, ActiveLists& out) {
    if (!proven) return fail(std::move(proven.error()));
    out.lists.*plan_.place = take(std::move(*proven));
    out.activations.push_back(in_use_);
    tell_age();
    return {};
  }

  std::shared_ptr<const List> take(Proven<Loaded> proven) {
    in_use_ = {plan_.kind, proven.envelope_number, proven.value.hash};
    created_ = proven.value.created;
    return std::move(proven.value.list);
  }

  /// What could not be read, or kept on a full disk, may be good all the same.
  void stay(const Error& error) {
    if (error.code() == Errc::io || error.code() == Errc::full)
      retry_at_ = std::chrono::steady_clock::now() + retry_after_;
    file_.tell_refused(error);
    file_.tell_last_good(in_use_.number);
  }

  ListPlan<List> plan_;
  FileLook look_;
  KeptFile<Loaded> file_;
  ListActivation in_use_;
  Timestamp created_{};
  std::chrono::milliseconds retry_after_;
  std::optional<SteadyTime> retry_at_;
};

template <class List>
void add(std::vector<std::unique_ptr<ListShelf>>& shelves, const BoxConfig& config,
         std::chrono::milliseconds retry_after, ListPlan<List> plan) {
  if (plan.offered.file.empty()) return;
  shelves.push_back(std::make_unique<ShelfOf<List>>(config, std::move(plan), retry_after));
}

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

/// A key that is no point of the curve is left out, with an alarm.
std::shared_ptr<const nfc::CodeLists> code_lists(const nfc::IssuerList& issuers) {
  auto out = std::make_shared<nfc::CodeLists>();
  for (const nfc::CodeKeyRow& row : issuers.rows().code_keys) {
    Bytes point{0x04};
    append(point, row.public_key);
    auto key = crypto::Sm2PublicKey::parse(point);
    if (!key) {
      log(Priority::alert, "code_key_unusable",
          {{"ca_index", unsigned{row.index}}, {"error", key.error()}});
      continue;
    }
    out->ca_keys.insert_or_assign(row.index, *std::move(key));
  }
  for (const nfc::CodeIssuerRow& row : issuers.rows().code_issuers)
    out->listed.insert({row.issuer, row.platform});
  return out;
}

}  // namespace

ListStore::ListStore(const BoxConfig& config, const BoxKeys& keys,
                     std::chrono::milliseconds retry_after)
    : config_{config}, list_key_{keys.list} {
  const ListConfig& files = config.lists;
  const crypto::Key16 list_key = keys.list.value_or(crypto::Key16{});
  add<nfc::IssuerList>(shelves_, config, retry_after,
                       {.offered = {files.issuers, files.trusted},
                        .kind = FileKind::issuer_list,
                        .kept_name = "cards.issuers",
                        .place = &CardLists::issuers});
  add<nfc::Places>(shelves_, config, retry_after,
                   {.offered = {files.places, files.places_trusted},
                    .kind = FileKind::places,
                    .kept_name = "cards.places",
                    .place = &CardLists::places});
  add<nfc::Denylist>(shelves_, config, retry_after,
                     {.offered = files.denylist,
                      .kind = FileKind::denylist,
                      .kept_name = "cards.denylist",
                      .place = &CardLists::denylist,
                      .fits = made_with<nfc::Denylist>(list_key),
                      .replaces =
                          [&files](const nfc::Denylist& fresh, const nfc::Denylist& last_good) {
                            return small_change(fresh, last_good, files.denylist_change);
                          },
                      .alarm_age = files.denylist_age});
  add<nfc::Entitlements>(shelves_, config, retry_after,
                         {.offered = files.entitlements,
                          .kind = FileKind::entitlements,
                          .kept_name = "cards.entitlements",
                          .place = &CardLists::entitlements,
                          .fits = made_with<nfc::Entitlements>(list_key)});
  add<nfc::ModeNotices>(shelves_, config, retry_after,
                        {.offered = files.mode_notices,
                         .kind = FileKind::mode_notice,
                         .kept_name = "mode.notices",
                         .place = &CardLists::mode_notices});
}

ListStore::~ListStore() = default;

Status ListStore::has_list_key() const {
  const ListConfig& files = config_.lists;
  if (list_key_ || (files.denylist.file.empty() && files.entitlements.file.empty())) return {};
  return fail(Errc::not_found, (config_.keys_dir / "list.key").string() +
                                   ": the key of the lists by list handle is not there");
}

Result<ActiveLists> ListStore::examine() {
  if (auto has = has_list_key(); !has) return fail(std::move(has.error()));
  ActiveLists out;
  for (const auto& shelf : shelves_)
    if (auto ok = shelf->examine(out); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<ActiveLists> ListStore::activate() {
  if (auto has = has_list_key(); !has) return fail(std::move(has.error()));
  ActiveLists out;
  out.lists.list_key = list_key_.value_or(crypto::Key16{});
  for (const auto& shelf : shelves_)
    if (auto ok = shelf->activate(out); !ok) return fail(std::move(ok.error()));
  if (out.lists.issuers) out.lists.codes = code_lists(*out.lists.issuers);
  return out;
}

std::vector<ListActivation> ListStore::renew(CardLists& lists) {
  std::vector<ListActivation> out;
  const auto issuers = lists.issuers;
  for (const auto& shelf : shelves_) shelf->renew(lists, out);
  if (lists.issuers != issuers) lists.codes = code_lists(*lists.issuers);
  return out;
}

void ListStore::tell_ages() const {
  for (const auto& shelf : shelves_) shelf->tell_age();
}

}  // namespace tidegate::edge
