// SPDX-License-Identifier: Apache-2.0
// Cards that lie about form: silence and noise, broken FCIs, impossible identities and records.
#include "simulators/card/hostile_liar.h"

namespace tidegate::sim::hostile {

namespace {

// ---- No card at all, or nonsense for everything.

Bytes say_nothing(Liar&, ByteView) {
  return {};
}
Bytes one_byte(Liar&, ByteView) {
  return {0x90};
}
Bytes two_bytes_of_garbage(Liar& card, ByteView) {
  return noise(2, card.commands);
}
Bytes only_9000(Liar&, ByteView) {
  return ok({});
}
Bytes zeros_and_9000(Liar&, ByteView command) {
  return ok(Bytes(asked_for(command)));
}
Bytes noise_and_9000(Liar& card, ByteView command) {
  return ok(noise(asked_for(command), card.commands));
}
Bytes always_too_long(Liar& card, ByteView) {
  return ok(noise(4096, card.commands));
}
Bytes silent_after_select(Liar& card, ByteView command) {
  return ins(command) == kSelect ? card.honest.transceive(command) : Bytes{};
}
Bytes more_data_forever(Liar&, ByteView) {
  return {0x61, 0x10};
}
Bytes wrong_le_forever(Liar& card, ByteView command) {
  if (!reads(command)) return card.honest.transceive(command);
  return {0x6C, static_cast<Byte>(asked_for(command) + 1)};
}
Bytes wrong_le_zero(Liar& card, ByteView command) {
  if (!reads(command)) return card.honest.transceive(command);
  return {0x6C, 0x00};
}
Bytes blocked_without_fci(Liar& card, ByteView command) {
  return ins(command) == kSelect ? Bytes{0x62, 0x83} : card.honest.transceive(command);
}

// ---- The FCI.

Bytes fci_huge_length(Liar& card, ByteView command) {
  return with_fci(card, command, "6F84FFFFFFFF8408A000000632010105");
}
Bytes fci_length_of_lengths(Liar& card, ByteView command) {
  return with_fci(card, command, "6FFF0000000000000000000000000000");
}
Bytes fci_indefinite(Liar& card, ByteView command) {
  return with_fci(card, command, "6F808408A0000006320101050000");
}
Bytes fci_past_the_end(Liar& card, ByteView command) {
  return with_fci(card, command, "6F318408A000000632010105A5259F0801029F0C1E0200");
}
Bytes fci_inner_overrun(Liar& card, ByteView command) {
  return with_fci(card, command, "6F108408A000000632010105A5409F08017F");
}
Bytes fci_endless_tag(Liar& card, ByteView command) {
  return with_fci(card, command, "6F10FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
}
Bytes fci_tag_without_length(Liar& card, ByteView command) {
  return with_fci(card, command, "6F0B8408A0000006320101059F");
}
Bytes fci_short_9f0c(Liar& card, ByteView command) {
  return with_fci(card, command, "6F138408A000000632010105A5079F0C0402002900");
}
Bytes fci_another_aid(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kSelect,
                 [](std::span<Byte> data) { put(data, 4, "A000000333010101"); });
}
Bytes fci_nested_deeply(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  if (ins(command) != kSelect || !good(answer)) return answer;
  Bytes data;
  while (data.size() < 240) {
    Bytes outer{0x6F};
    if (data.size() > 0x7F) outer.push_back(0x81);
    outer.push_back(static_cast<Byte>(data.size()));
    append(outer, data);
    data = std::move(outer);
  }
  return ok(data);
}

// ---- Identity.

Bytes number_not_bcd(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kSelect || ins(command) == kReadBinary,
                 [&](std::span<Byte> data) {
                   put(data, ins(command) == kSelect ? data.size() - 20 : 10, "ABCDEFABCDEF");
                 });
}
Bytes dates_impossible(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kSelect || ins(command) == kReadBinary,
                 [&](std::span<Byte> data) {
                   put(data, ins(command) == kSelect ? data.size() - 10 : 20, "2026023199999999");
                 });
}
Bytes another_number_each_time(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kSelect, [&](std::span<Byte> data) {
    data[data.size() - 11] = static_cast<Byte>(card.commands % 10);
  });
}

// ---- Records.

Bytes records_cut(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  if (!reads(command) || !good(answer)) return answer;
  answer.resize((answer.size() - 2) / 2);
  return ok(answer);
}
Bytes records_too_long(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  if (!reads(command) || !good(answer)) return answer;
  answer.resize(answer.size() + 30);
  return ok(answer);
}
Bytes records_zero(Liar& card, ByteView command) {
  if (reads_file(command, kJourneyP2)) return ok(Bytes(128));
  if (reads_file(command, kTripsP2)) return ok(Bytes(48));
  if (reads_file(command, kLogP2)) return ok(Bytes(23));
  return card.honest.transceive(command);
}
Bytes records_absent(Liar& card, ByteView command) {
  return ins(command) == kReadRecord ? Bytes{0x6A, 0x83} : card.honest.transceive(command);
}
Bytes files_absent(Liar& card, ByteView command) {
  return reads(command) ? Bytes{0x6A, 0x82} : card.honest.transceive(command);
}
Bytes journey_wrong_id(Liar& card, ByteView command) {
  return changed(card, command, reads_file(command, kJourneyP2),
                 [](std::span<Byte> data) { put(data, 0, "2712"); });
}
Bytes journey_wrong_length(Liar& card, ByteView command) {
  return changed(card, command, reads_file(command, kJourneyP2),
                 [](std::span<Byte> data) { data[2] = 0xFF; });
}
Bytes journey_wrong_status(Liar& card, ByteView command) {
  return changed(card, command, reads_file(command, kJourneyP2),
                 [](std::span<Byte> data) { data[14] = 0x77; });
}
Bytes journey_wrong_time(Liar& card, ByteView command) {
  return changed(card, command, reads_file(command, kJourneyP2), [](std::span<Byte> data) {
    data[14] = 0x01;
    put(data, 67, "20261399256199");
  });
}
Bytes journey_locked(Liar& card, ByteView command) {
  if (ins(command) == kUpdate) return {0x94, 0x07};
  return changed(card, command, reads_file(command, kJourneyP2),
                 [](std::span<Byte> data) { data[5] = 0x01; });
}
Bytes journey_huge_amounts(Liar& card, ByteView command) {
  return changed(card, command, reads_file(command, kJourneyP2), [](std::span<Byte> data) {
    put(data, 81, "FFFFFFFF");
    put(data, 87, "FFFFFFFFFFFFFFFFFFFFFFFF");
  });
}
Bytes journey_forged_state(Liar& card, ByteView command) {
  return changed(card, command, reads_file(command, kJourneyP2), [&](std::span<Byte> data) {
    std::ranges::copy(noise(29, card.commands), data.subspan(99).begin());
  });
}
Bytes trips_garbage(Liar& card, ByteView command) {
  return reads_file(command, kTripsP2) ? ok(noise(48, card.commands))
                                       : card.honest.transceive(command);
}
Bytes log_garbage(Liar& card, ByteView command) {
  return reads_file(command, kLogP2) ? ok(noise(23, card.commands))
                                     : card.honest.transceive(command);
}
Bytes log_without_end(Liar& card, ByteView command) {
  if (!reads_file(command, kLogP2)) return card.honest.transceive(command);
  return ok(hex("0001000000000000000641310000999920260101000000"));
}

using enum HostileMoney;
constexpr std::array kRows{
    Row{"empty", "answers nothing to anything", never_9000, say_nothing},
    Row{"one-byte", "answers a single byte to everything", never_9000, one_byte},
    Row{"garbage-two-bytes", "answers two bytes of noise", never_9000, two_bytes_of_garbage},
    Row{"only-9000", "answers 9000 without data to everything", proof_wrong, only_9000},
    Row{"zeros-9000", "answers zeros and 9000 to everything", proof_wrong, zeros_and_9000},
    Row{"noise-9000", "answers noise and 9000 to everything", proof_wrong, noise_and_9000},
    Row{"too-long", "answers 4096 bytes to everything", proof_wrong, always_too_long},
    Row{"silent-after-select", "selects, then says nothing", never_9000, silent_after_select},
    Row{"61xx-forever", "always has more data to give", never_9000, more_data_forever},
    Row{"6cxx-forever", "corrects Le on each read for ever", honest, wrong_le_forever},
    Row{"6c00", "corrects Le of each read to 00", honest, wrong_le_zero},
    Row{"blocked-without-fci", "answers SELECT with 6283 alone", honest, blocked_without_fci},
    Row{"fci-huge-length", "FCI of 4 GiB", honest, fci_huge_length},
    Row{"fci-length-of-lengths", "FCI with 127 length bytes", honest, fci_length_of_lengths},
    Row{"fci-indefinite", "FCI of indefinite length", honest, fci_indefinite},
    Row{"fci-past-the-end", "FCI cut short", honest, fci_past_the_end},
    Row{"fci-inner-overrun", "inner length beyond the outer one", honest, fci_inner_overrun},
    Row{"fci-endless-tag", "a tag that never ends", honest, fci_endless_tag},
    Row{"fci-tag-without-length", "FCI that ends inside a tag", honest, fci_tag_without_length},
    Row{"fci-short-9f0c", "public information of 4 bytes in the FCI", honest, fci_short_9f0c},
    Row{"fci-another-aid", "the FCI names a bank's application", honest, fci_another_aid},
    Row{"fci-nested", "templates within templates", honest, fci_nested_deeply},
    Row{"number-not-bcd", "letters in the card number", honest, number_not_bcd},
    Row{"dates-impossible", "valid from 31 February to 9999-99-99", honest, dates_impossible},
    Row{"number-changes", "another number at each SELECT", honest, another_number_each_time},
    Row{"records-cut", "gives half of each file", honest, records_cut},
    Row{"records-too-long", "gives more than was asked for", honest, records_too_long},
    Row{"records-zero", "all records are zeros", honest, records_zero},
    Row{"records-absent", "no record exists", honest, records_absent},
    Row{"files-absent", "no file exists", honest, files_absent},
    Row{"journey-wrong-id", "1A answers record 2712", honest, journey_wrong_id},
    Row{"journey-wrong-length", "2701 says it has 255 bytes", honest, journey_wrong_length},
    Row{"journey-wrong-status", "2701 has a status nobody knows", honest, journey_wrong_status},
    Row{"journey-wrong-time", "entered on the 99th of month 13", honest, journey_wrong_time},
    Row{"journey-locked", "2701 is locked and refuses updates", honest, journey_locked},
    Row{"journey-huge-amounts", "amounts of 4 billion in 2701", honest, journey_huge_amounts},
    Row{"journey-forged-state", "noise in the operator's bytes", honest, journey_forged_state},
    Row{"trips-garbage", "trip records are noise", honest, trips_garbage},
    Row{"log-garbage", "log records are noise", honest, log_garbage},
    Row{"log-without-end", "each log record, 1 to 255, is there", honest, log_without_end},
};

}  // namespace

std::span<const Row> lies_of_form() {
  return kRows;
}

}  // namespace tidegate::sim::hostile
