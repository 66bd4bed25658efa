// SPDX-License-Identifier: Apache-2.0
// Follows the commands of a dump from file to file and gathers what was read.
#include "nfc/dump/dump.h"

#include <algorithm>
#include <map>
#include <utility>

#include "nfc/dump/applications.h"
#include "nfc/dump/dump_records.h"
#include "nfc/dump/tlv.h"
#include "nfc/purse/records.h"

namespace tidegate::nfc {
namespace {

constexpr Byte kPublicInfoFile = 0x15, kKindFile = 0x17, kLogFile = 0x18, kJourneyFile = 0x1A,
               kTripFile = 0x1E;
constexpr std::size_t kRecordsMax = 255;

/// A command in its parts; Lc and Le told apart by the length.
struct Command {
  Byte cla = 0, ins = 0, p1 = 0, p2 = 0;
  ByteView data;
};
std::optional<Command> parse_command(ByteView bytes) {
  if (bytes.size() < 4) return std::nullopt;
  Command out{bytes[0], bytes[1], bytes[2], bytes[3], {}};
  if (bytes.size() > 5 && bytes.size() >= 5U + bytes[4]) out.data = bytes.subspan(5, bytes[4]);
  return out;
}

using Records = std::map<unsigned, Bytes>;  // by record number, 1 is the newest

/// What was read of one application.
struct Files {
  DumpLayout layout = DumpLayout::purse;
  Bytes public_info, kind_info;
  Records log, journeys, trips;
  bool has_log = false, has_journeys = false, has_trips = false;
  std::array<std::optional<std::int64_t>, 4> balances;  // by P1 of GET BALANCE
  std::optional<std::int64_t> overdraft_limit;          // as 8050 told it
};

/// Real balance: 03, else 00 less the overdraft limit and plus what of it is used.
std::optional<Fen> balance_of(const Files& files) {
  const auto& [with_overdraft, limit_read, used, real] = files.balances;
  if (real) return Fen{*real};
  const auto limit = limit_read ? limit_read : files.overdraft_limit;
  if (!with_overdraft || !limit) return std::nullopt;
  const std::int64_t balance = *with_overdraft - *limit + used.value_or(0);
  if (balance < 0 || balance > kPurseMax.count()) return std::nullopt;
  return Fen{balance};
}

class Follower {
 public:
  void feed(const Exchange& exchange);
  [[nodiscard]] DumpReport report() const;

 private:
  void answer(const Command& command, ByteView data, std::uint16_t sw);
  void select(const Command& command, ByteView data, std::uint16_t sw);
  void select_name(ByteView name, ByteView fci, std::uint16_t sw);
  void read_binary(const Command& command, ByteView data);
  void read_record(const Command& command, ByteView data, std::uint16_t sw);
  void put_records(Byte file, unsigned first, ByteView data, bool all);
  void balance(const Command& command, ByteView data);
  void stage(const Command& command);
  void debited();
  DumpApplication& mention(ByteView identifier);

  Files purse_, union_;
  Files* files_ = &purse_;  // nullptr: of an application whose files are not ours
  bool purse_seen_ = false;
  bool union_seen_ = false;
  bool blocked_ = false;
  Byte current_file_ = 0;
  std::optional<Bytes> staged_journey_, staged_trip_;
  std::vector<DumpApplication> applications_;
  Bytes chained_command_, chained_data_;  // answered with 61xx: GET RESPONSE has the rest
};

void Follower::feed(const Exchange& exchange) {
  ByteView response = exchange.response;
  if (response.size() < 2) return;
  const auto sw = static_cast<std::uint16_t>(read_be(response.last(2)));
  response = response.first(response.size() - 2);
  Bytes command = exchange.command;
  Bytes data(response.begin(), response.end());
  if (command.size() >= 4 && command[1] == 0xC0 && !chained_command_.empty()) {
    command = std::exchange(chained_command_, {});
    data.insert(data.begin(), chained_data_.begin(), chained_data_.end());
  }
  chained_data_.clear();
  chained_command_.clear();
  if (sw >> 8U == 0x61 && data.size() < 4096) {
    chained_command_ = std::move(command);
    chained_data_ = std::move(data);
    return;
  }
  if (const auto parsed = parse_command(command)) answer(*parsed, data, sw);
}

void Follower::answer(const Command& command, ByteView data, std::uint16_t sw) {
  const bool ok = sw == 0x9000;
  switch (command.cla << 8U | command.ins) {
    case 0x00A4: select(command, data, sw); return;
    case 0x00B0:
      if (ok) read_binary(command, data);
      return;
    case 0x00B2: read_record(command, data, sw); return;
    case 0x805C:
      if (ok) balance(command, data);
      return;
    case 0x8050:
      staged_journey_.reset();
      staged_trip_.reset();
      if (ok && files_ != nullptr && (command.p1 == 0x01 || command.p1 == 0x03) &&
          data.size() == 15)
        files_->overdraft_limit = static_cast<std::int64_t>(read_be(data.subspan(6, 3)));
      return;
    case 0x80DC:
      if (ok) stage(command);
      return;
    case 0x8054:
      if (ok) debited();
      return;
    default: return;
  }
}

void Follower::select(const Command& command, ByteView data, std::uint16_t sw) {
  if (command.p1 == 0x04) {
    select_name(command.data, data, sw);
    return;
  }
  if (sw != 0x9000 || command.data.size() != 2) return;
  if (command.p1 == 0x02 || command.data[0] == 0x00) {
    // A file of the application by its identifier: the low byte is the short one.
    current_file_ = static_cast<Byte>(command.data[1] & 0x1FU);
    return;
  }
  // A folder by its identifier: purses older than the T-Union (3F01, 1001) have the same balance
  // and log, and other files.
  current_file_ = 0;
  const bool purse = read_be(command.data) == 0x3F01 || read_be(command.data) == 0x1001;
  files_ = purse ? &union_ : nullptr;
  union_seen_ |= purse;
  if (purse && applications_.size() < kRecordsMax) mention(command.data).selected = true;
}

DumpApplication& Follower::mention(ByteView identifier) {
  const auto known = std::ranges::find_if(applications_, [&](const DumpApplication& application) {
    return std::ranges::equal(application.identifier, identifier);
  });
  if (known != applications_.end()) return *known;
  applications_.push_back({.name = application_of(identifier).name,
                           .identifier = Bytes(identifier.begin(), identifier.end())});
  return applications_.back();
}

void Follower::select_name(ByteView name, ByteView fci, std::uint16_t sw) {
  if ((sw != 0x9000 && sw != 0x6283) || name.empty()) return;
  const DumpLayout layout = application_of(name).layout;
  files_ = nullptr;
  current_file_ = 0;
  if (layout == DumpLayout::directory) {
    walk_tlv(fci, [this](std::uint32_t tag, ByteView value) {
      if (tag == 0x4F && !value.empty() && applications_.size() < kRecordsMax) mention(value);
    });
    return;
  }
  if (applications_.size() < kRecordsMax) mention(name).selected = true;
  if (layout == DumpLayout::union_purse) {
    files_ = &union_;
    union_seen_ = true;
  }
  if (layout != DumpLayout::purse && layout != DumpLayout::revised_purse) return;
  files_ = &purse_;
  files_->layout = layout;
  purse_seen_ = true;
  blocked_ = sw == 0x6283;
  walk_tlv(fci, [this](std::uint32_t tag, ByteView value) {
    if (tag == 0x9F0C && value.size() == kPublicInfoBytes)
      purse_.public_info.assign(value.begin(), value.end());
  });
}

void Follower::read_binary(const Command& command, ByteView data) {
  if (files_ == nullptr) return;
  const bool by_short_id = (command.p1 & 0x80U) != 0;
  const Byte file = by_short_id ? command.p1 & 0x1FU : current_file_;
  const std::size_t offset =
      by_short_id ? command.p2 : static_cast<std::size_t>(command.p1) << 8U | command.p2;
  if (by_short_id) current_file_ = file;
  if (file != kPublicInfoFile && file != kKindFile) return;
  Bytes& content = file == kPublicInfoFile ? files_->public_info : files_->kind_info;
  if (offset > content.size() || data.size() > 4096) return;
  content.resize(std::max(content.size(), offset + data.size()));
  std::ranges::copy(data, content.begin() + static_cast<std::ptrdiff_t>(offset));
}

void Follower::read_record(const Command& command, ByteView data, std::uint16_t sw) {
  if (files_ == nullptr || (sw != 0x9000 && sw != 0x6A83)) return;
  const Byte short_id = command.p2 >> 3U;
  if (short_id != 0) current_file_ = short_id;
  const Byte file = current_file_;
  files_->has_log |= file == kLogFile;
  files_->has_journeys |= file == kJourneyFile;
  files_->has_trips |= file == kTripFile;
  // P2 4: the record P1; 5: all from P1 on.
  if (sw == 0x9000 && command.p1 != 0) put_records(file, command.p1, data, (command.p2 & 7U) == 5);
}

void Follower::put_records(Byte file, unsigned first, ByteView data, bool all) {
  Records* records = nullptr;
  std::size_t size = 0;
  switch (file) {
    case kLogFile:
      records = &files_->log;
      size = kLogRecordBytes;
      break;
    case kJourneyFile:
      records = &files_->journeys;
      size = kRailRecordBytes;
      break;
    case kTripFile:
      records = &files_->trips;
      size = kTripRecordBytes;
      break;
    default: return;
  }
  if (!all) size = data.size();
  for (unsigned number = first; size > 0 && data.size() >= size && number <= kRecordsMax;
       ++number) {
    (*records)[number] = Bytes(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
    data = data.subspan(size);
  }
}

void Follower::balance(const Command& command, ByteView data) {
  if (files_ == nullptr || command.p1 >= files_->balances.size() || data.size() != 4) return;
  const auto value = static_cast<std::int64_t>(read_be(data));
  if (value <= kPurseMax.count()) files_->balances[command.p1] = value;
}

void Follower::stage(const Command& command) {
  const Byte file = command.p2 >> 3U;
  Bytes record(command.data.begin(), command.data.end());
  if (file == kJourneyFile && record.size() == kRailRecordBytes)
    staged_journey_ = std::move(record);
  else if (file == kTripFile && record.size() == kTripRecordBytes)
    staged_trip_ = std::move(record);
}

/// The debit went through: what was staged is on the card now, the trip as its newest.
void Follower::debited() {
  if (files_ == nullptr) return;
  if (staged_journey_) {
    files_->journeys[(*staged_journey_)[1]] = *std::move(staged_journey_);
    files_->has_journeys = true;
  }
  if (staged_trip_) {
    Records moved;
    moved[1] = *std::move(staged_trip_);
    for (auto& [number, record] : files_->trips)
      if (number < kTripRecords) moved[number + 1] = std::move(record);
    files_->trips = std::move(moved);
    files_->has_trips = true;
  }
  staged_journey_.reset();
  staged_trip_.reset();
}

DumpReport Follower::report() const {
  DumpReport out;
  out.applications = applications_;
  // A dump may begin after the selection: then its files are taken for the purse's.
  const bool of_union = union_seen_ && !purse_seen_;
  const Files& files = of_union ? union_ : purse_;
  out.balance = balance_of(files);
  out.has_log = files.has_log;
  for (const auto& [number, record] : files.log)
    if (auto transaction = read_transaction(record)) out.transactions.push_back(*transaction);
  if (of_union) return out;
  out.blocked = blocked_;
  read_public_info(files.public_info, files.layout == DumpLayout::revised_purse, out);
  read_kind_info(files.kind_info, out);
  out.has_trips = files.has_trips;
  out.has_journeys = files.has_journeys;
  for (const auto& [number, record] : files.trips)
    if (auto trip = read_trip(record)) out.trips.push_back(*trip);
  for (const auto& [number, record] : files.journeys)
    if (auto journey = read_journey(record)) out.journeys.push_back(*std::move(journey));
  return out;
}

}  // namespace

DumpReport decode_dump(std::span<const Exchange> exchanges) {
  Follower follower;
  for (const Exchange& exchange : exchanges) follower.feed(exchange);
  return follower.report();
}

}  // namespace tidegate::nfc
