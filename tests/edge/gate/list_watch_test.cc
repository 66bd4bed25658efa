// SPDX-License-Identifier: Apache-2.0
// Lists that are put while the gate runs: which come into force, which are refused, and what a tap
// that has begun goes by.
#include "edge/gate/list_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/edge/gate/faulty_ledger.h"
#include "tests/edge/gate/lists_fixture.h"

namespace tidegate::edge {
namespace {

using namespace gate_fixture;
using fare::RefusalCode;
using nfc::Denylist;
using nfc::DenyReason;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::shared_ptr<const Denylist> list_of(std::uint64_t number, const std::vector<unsigned>& cards,
                                        const crypto::Key16& key = kListKey) {
  std::vector<nfc::DenyRow> rows;
  for (const unsigned card : cards)
    rows.push_back({handle_of(card_image(card), key), DenyReason::lost});
  return Denylist::make({.number = number, .key_check = nfc::list_key_check(key)}, rows).value();
}

/// A gate that has started with denylist 5, on which card 1 is.
class ListsPutLater : public testing::Test {
 protected:
  ListsPutLater() {
    offer(*list_of(5, {1}));
    store_.emplace(files_.config, files_.keys);
    auto active = store_->activate();
    EXPECT_TRUE(active.has_value()) << active.error().message();
    lists_ = std::move(active->lists);
  }
  void offer(const Denylist& list, Realm realm = Realm::test) {
    files_.offer(files_.config.lists.denylist, FileKind::denylist, list, realm);
  }
  void put(std::string_view content) { files_.put(files_.config.lists.denylist, content); }
  std::string offered() const {
    const auto bytes = posix::read_file(files_.config.lists.denylist.file, 1UL << 20U);
    return std::string{as_text(bytes.value())};
  }
  bool stops(unsigned card) const { return lists_.denied(number_of(card_image(card))).has_value(); }
  /// What the log says of a look that finds something wrong.
  std::string refusal() {
    LogOf log;
    EXPECT_THAT(store_->renew(lists_), IsEmpty());
    EXPECT_EQ(lists_.denylist->number(), 5U);
    EXPECT_TRUE(stops(1));
    EXPECT_FALSE(stops(2));
    return log.take();
  }
  /// The number of the denylist that the next start finds.
  std::uint64_t at_the_next_start() {
    ListStore next{files_.config, files_.keys};
    return next.activate().value().lists.denylist->number();
  }

  RegionFiles files_;
  std::optional<ListStore> store_;
  CardLists lists_;
};

TEST_F(ListsPutLater, AGoodOneTakesItsPlaceWithAnEntryForTheLedger) {
  EXPECT_THAT(store_->renew(lists_), IsEmpty()) << "nothing was put since the start";
  const auto six = list_of(6, {2});
  offer(*six);
  const auto told = store_->renew(lists_);
  const ListActivation expected{FileKind::denylist, 6, crypto::sha256({six->encode()})};
  EXPECT_THAT(told, ElementsAre(expected));
  EXPECT_FALSE(stops(1));
  EXPECT_TRUE(stops(2));
  EXPECT_THAT(store_->renew(lists_), IsEmpty());
  offer(*six);  // the same again
  EXPECT_THAT(store_->renew(lists_), IsEmpty());
  put("torn");
  EXPECT_EQ(at_the_next_start(), 6U) << "it was kept";
}

TEST_F(ListsPutLater, ABadOneChangesNothingAndIsAnAlarm) {
  offer(*list_of(6, {2}));
  const std::string good = offered();
  put(good.substr(0, good.size() - 1));
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr("<1>event=file_refused what=denylist error="),
                                        HasSubstr("event=last_good_stays what=denylist number=5")));
  EXPECT_EQ(refusal(), "") << "told once";
  std::string damaged = good;
  damaged.back() ^= 1;
  put(damaged);
  EXPECT_THAT(refusal(), HasSubstr("does not match its hash"));
  put("<html>404</html>");
  EXPECT_THAT(refusal(), HasSubstr("event=file_refused"));
  offer(*list_of(4, {2}));
  EXPECT_THAT(refusal(), HasSubstr("event=file_refused")) << "older: a replay";
  offer(*list_of(6, {2}), Realm::live);
  EXPECT_THAT(refusal(), HasSubstr("event=file_refused"));
  offer(*list_of(6, {2}, {8}));
  EXPECT_THAT(refusal(), HasSubstr("another list key"));
  std::filesystem::remove(files_.config.lists.denylist.file);
  EXPECT_EQ(refusal(), "");
  put(good);
  EXPECT_THAT(store_->renew(lists_), testing::SizeIs(1));
  EXPECT_TRUE(stops(2));
}

TEST_F(ListsPutLater, OneOfAForeignSignerIsRefused) {
  const auto trusted = files_.config.lists.denylist.trusted;
  files_.signer = crypto::make_signing_key();
  offer(*list_of(6, {2}));
  files_.config.lists.denylist.trusted = trusted;
  EXPECT_THAT(refusal(), HasSubstr("event=file_refused"));
}

TEST_F(ListsPutLater, OneThatChangesTooMuchIsRefused) {
  std::vector<nfc::DenyRow> rows{{handle_of(card_image(1)), DenyReason::lost}};
  for (unsigned i = 0; i < 1001; ++i) {
    std::array<Byte, 16> handle{};
    write_be(std::span{handle}.first(4), i);
    rows.push_back({nfc::ListHandle{handle}});
  }
  offer(*Denylist::make({.number = 6, .key_check = nfc::list_key_check(kListKey)}, rows).value());
  EXPECT_THAT(refusal(), HasSubstr("1001 cards come or go at once"));
}

TEST_F(ListsPutLater, OneThatCannotBeKeptIsTriedAgainThoughItHasNotChanged) {
  store_.emplace(files_.config, files_.keys, milliseconds{0});
  ASSERT_TRUE(store_->activate().has_value());
  const auto accepted = files_.config.state_dir / "accepted";
  const auto aside = files_.config.state_dir / "aside";
  std::filesystem::rename(accepted, aside);
  std::ofstream{accepted} << "no folder";
  offer(*list_of(6, {2}));
  EXPECT_THAT(refusal(), HasSubstr("event=file_refused what=denylist error=\"keeping "));
  std::filesystem::remove(accepted);
  std::filesystem::rename(aside, accepted);
  EXPECT_THAT(store_->renew(lists_), testing::SizeIs(1));
  EXPECT_TRUE(stops(2));
}

TEST(IssuersPutLater, TheirCodesAreTakenWithThem) {
  RegionFiles files;
  ListFile file;
  nfc::IssuerListModel model{.name = "test", .number = 1};
  model.issuers.push_back({.issuer = {1}, .iin = {0x31}});
  const auto offer = [&] {
    files.offer(file, FileKind::issuer_list, *nfc::IssuerList::make(model).value());
    files.config.lists.issuers = file.file;
    files.config.lists.trusted = file.trusted;
  };
  offer();
  ListStore store{files.config, files.keys};
  CardLists lists = store.activate().value().lists;
  EXPECT_TRUE(lists.codes->listed.empty());
  model.number = 2;
  model.code_issuers.push_back({{1}, {2}});
  offer();
  EXPECT_THAT(store.renew(lists), testing::SizeIs(1));
  EXPECT_TRUE(lists.codes->listed.contains({{1}, {2}}));
}

TEST_F(ListsPutLater, TheWatchTellsTheLedgerFirstAndTakesThemInForce) {
  ListsInForce in_force{lists_};
  const auto begun = in_force.get();  // of a tap that runs
  std::vector<std::uint64_t> told;
  {
    ListWatch watch{*store_, in_force,
                    [&](const ListActivation& list) {
                      told.push_back(list.number);
                      EXPECT_EQ(in_force.get()->denylist->number(), 5U);
                    },
                    milliseconds{5}};
    offer(*list_of(6, {2}));
    const SteadyTime deadline = soon();
    while (in_force.get()->denylist->number() != 6 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds{2});
  }
  EXPECT_THAT(told, ElementsAre(6U));
  EXPECT_EQ(in_force.get()->denylist->number(), 6U);
  EXPECT_EQ(begun->denylist->number(), 5U);
}

/// Somebody does something while the card answers.
class BusyField final : public FieldCard {
 public:
  BusyField(sim::Card& card, std::function<void()> meanwhile)
      : field_{card}, meanwhile_{std::move(meanwhile)} {}
  Result<Bytes> transceive(ByteView command, milliseconds timeout) override {
    if (meanwhile_) std::exchange(meanwhile_, nullptr)();
    return field_.transceive(command, timeout);
  }
  Status reselect() override { return field_.reselect(); }

 private:
  CardInField field_;
  std::function<void()> meanwhile_;
};

TEST(ListsDuringATap, AreThoseOfItsBeginning) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  BusyField field{card, [&] {
                    box.change_lists([](CardLists& lists) {
                      lists.list_key = kListKey;
                      lists.denylist = list_of(6, {1});
                    });
                  }};
  const AisleConfig aisle{.number = AisleNo{1}, .direction = AisleDirection::entry};
  TapPipeline pipeline{box.services, aisle, *box.sam, box.front};
  EXPECT_EQ(pipeline.run(field).end, TapReport::End::opened);
  box.clock.advance(std::chrono::seconds{2});
  EXPECT_EQ(box.tap(card, AisleDirection::exit).end, TapReport::End::opened);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, RefusalCode::denylisted);
}

}  // namespace
}  // namespace tidegate::edge
