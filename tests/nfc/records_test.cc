// SPDX-License-Identifier: Apache-2.0
// The files of a purse: known bytes, round trips, and bytes that are no such file.
#include "nfc/purse/records.h"

#include <random>

#include "nfc/purse/apdu.h"
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

Bytes random_bytes(std::mt19937_64& random, std::size_t size) {
  Bytes out(size);
  for (Byte& b : out) b = static_cast<Byte>(random());
  return out;
}

/// A byte of a valid file replaced, so that the decoder gets past its first checks.
Bytes mutated(std::mt19937_64& random, Bytes bytes) {
  for (std::uint64_t i = random() % 4; i > 0; --i)
    bytes[random() % bytes.size()] = static_cast<Byte>(random());
  return bytes;
}

TEST(PublicInfo, DecodesKnownBytes) {
  const auto info = decode_public_info(hex(kEf15));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(to_hex(info->issuer_code()), "02002900");
  EXPECT_TRUE(info->enabled);
  EXPECT_EQ(info->number.reveal(), "3104770000000000426");
  EXPECT_EQ(to_hex(info->pan_factor()), "4770000000000426");
  EXPECT_EQ(info->valid_from.text(), "2020-01-01");
  EXPECT_EQ(info->valid_to.text(), "2040-12-31");
}

TEST(PublicInfo, RefusesWhatBreaksTheLayout) {
  const Bytes good = hex(kEf15);
  const auto with = [&good](std::size_t at, Byte value) {
    Bytes out = good;
    out[at] = value;
    return decode_public_info(out).has_value();
  };
  EXPECT_FALSE(with(0, 0xA2)) << "issuer not BCD";
  EXPECT_FALSE(with(9, 0x02)) << "enabled flag";
  EXPECT_FALSE(with(10, 0x13)) << "20 digits";
  EXPECT_FALSE(with(19, 0x2F)) << "number not BCD";
  EXPECT_FALSE(with(22, 0x13)) << "month 13";
  EXPECT_FALSE(with(27, 0x32)) << "32 December";
  for (std::size_t size = 0; size < 64; ++size)
    EXPECT_EQ(decode_public_info(Bytes(size)).has_value(), false) << size;
}

TEST(CardKindInfo, DecodesKnownBytesAndIgnoresTheReservedTail) {
  Bytes bytes = hex("00000156 3000 3010 0000 02");
  bytes.resize(60, 0xEE);
  const auto info = decode_card_kind_info(bytes);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->province, 0x3000);
  EXPECT_EQ(info->city, 0x3010);
  EXPECT_FALSE(info->interoperable);
  EXPECT_EQ(info->card_kind, 2);
  EXPECT_EQ(to_hex(encode_card_kind_info(*info)), to_hex(ByteView{bytes}.first(11)));
  EXPECT_FALSE(decode_card_kind_info(ByteView{bytes}.first(10)).has_value());
  bytes[9] = 0x02;
  EXPECT_FALSE(decode_card_kind_info(bytes).has_value());
}

TEST(RailRecord, DecodesARecordWrittenByAnotherOperator) {
  // Zero-filled instead of FF-filled acquirer, opaque station bytes, maximum below actual fare.
  Bytes bytes = hex("27017D 01 01 00 0000000000012345 02 5810 5810");
  append(bytes, hex("12205810FFFFFFFF 1220581000000000 0100751300000001 1000000000000000"));
  append(bytes, hex("0000413100000011 0000413100000012 20191207113500 20191207115635"));
  append(bytes, hex("000000BE 1E 09 00000000 000004B5 0000011D"));
  bytes.resize(128);
  const auto rail = decode_rail_record(bytes);
  ASSERT_TRUE(rail.has_value());
  EXPECT_EQ(rail->status, RailStatus::exited);
  EXPECT_FALSE(rail->inside());
  EXPECT_EQ(rail->entry_city, 0x5810);
  EXPECT_EQ(rail->max_fare, Fen{190});
  EXPECT_EQ(rail->entry_line, 0x1E);
  EXPECT_EQ(rail->exit_line, 0x09);
  EXPECT_EQ(rail->entry_balance, Fen{1205});
  EXPECT_EQ(rail->exit_amount, Fen{285});
  EXPECT_EQ(rail->exit_at, local(2019, 12, 7, 11, 56, 35));
  EXPECT_EQ(to_hex(encode_rail_record(*rail)), to_hex(bytes));
}

TEST(RailRecord, NeverUsedRecordIsInitial) {
  Bytes bytes(128);
  bytes[0] = 0x27;
  bytes[1] = 0x01;
  bytes[2] = 0x7D;
  const auto rail = decode_rail_record(bytes);
  ASSERT_TRUE(rail.has_value());
  EXPECT_EQ(rail->status, RailStatus::initial);
  EXPECT_FALSE(rail->entry_at.has_value());
}

TEST(RailRecord, RefusesWrongIdLengthStatusAndAnEntryWithoutATime) {
  const auto good = encode_rail_record(entered_rail());
  ASSERT_TRUE(decode_rail_record(good).has_value());
  const auto with = [&good](std::size_t at, Byte value) {
    auto out = good;
    out[at] = value;
    return decode_rail_record(out).has_value();
  };
  EXPECT_FALSE(with(1, 0x02)) << "bus record";
  EXPECT_FALSE(with(2, 0x7C)) << "length byte";
  EXPECT_FALSE(with(14, 0x05)) << "status";
  EXPECT_FALSE(with(69, 0x13)) << "month 13";
  auto timeless = entered_rail();
  timeless.entry_at.reset();
  EXPECT_FALSE(decode_rail_record(encode_rail_record(timeless)).has_value());
  timeless.status = RailStatus::entry_updated;
  EXPECT_FALSE(decode_rail_record(encode_rail_record(timeless)).has_value());
  timeless.status = RailStatus::exited;
  EXPECT_TRUE(decode_rail_record(encode_rail_record(timeless)).has_value());
}

TEST(TripRecord, KeepsTypesAndAmountsThatAreOnRealCards) {
  TripRecord trip = entry_trip();
  trip.type = 0x16;
  trip.amount = Fen{0xFFFFFFFF};
  Bytes bytes = [&trip] {
    const auto out = encode_trip_record(trip);
    return Bytes{out.begin(), out.end()};
  }();
  bytes[16] = 0x55;  // reserved bytes in use
  bytes[42] = 0x26;
  const auto decoded = decode_trip_record(bytes);
  ASSERT_TRUE(decoded.has_value());
  ASSERT_TRUE(decoded->has_value());
  EXPECT_EQ(**decoded, trip);
}

TEST(LogRecord, DecodesKnownBytes) {
  const auto record = decode_log_record(hex("0002 000000 00000190 09 413100000002 20260105083000"));
  ASSERT_TRUE(record.has_value());
  ASSERT_TRUE(record->has_value());
  EXPECT_EQ((*record)->counter, 2);
  EXPECT_EQ((*record)->amount, Fen{400});
  EXPECT_EQ((*record)->type, 9);
  EXPECT_EQ(to_hex((*record)->terminal.get()), "413100000002");
  EXPECT_EQ((*record)->at, bcd_time(local(2026, 1, 5, 8, 30, 0)));
}

TEST(Records, ZeroRecordsAreEmptyAndShortOnesInvalid) {
  EXPECT_EQ(decode_log_record(Bytes(23)).value(), std::nullopt);
  EXPECT_EQ(decode_trip_record(Bytes(48)).value(), std::nullopt);
  for (std::size_t size = 0; size <= 140; ++size) {
    if (size != 23) {
      EXPECT_FALSE(decode_log_record(Bytes(size)).has_value()) << size;
    }
    if (size != 48) {
      EXPECT_FALSE(decode_trip_record(Bytes(size)).has_value()) << size;
    }
    EXPECT_FALSE(decode_rail_record(Bytes(size, 0x01)).has_value()) << size;
  }
}

TEST(Records, WhatDecodesEncodesToTheSameBytes) {
  std::mt19937_64 random{20260105};
  const auto rail = encode_rail_record(entered_rail());
  const auto trip = encode_trip_record(entry_trip());
  const Bytes log = hex("0002 000000 00000190 09 413100000002 20260105083000");
  int valid = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Bytes a = mutated(random, hex(kEf15));
    if (const auto d = decode_public_info(a); d && ++valid) {
      ASSERT_EQ(to_hex(encode_public_info(*d)), to_hex(a));
    }
    const Bytes b = mutated(random, hex(kEf17));
    if (const auto d = decode_card_kind_info(b); d && ++valid) {
      ASSERT_EQ(to_hex(encode_card_kind_info(*d)), to_hex(b));
    }
    const Bytes c = mutated(random, {rail.begin(), rail.end()});
    if (const auto d = decode_rail_record(c); d && ++valid) {
      // A time that does not exist is not kept; whatever is kept comes back.
      ASSERT_EQ(decode_rail_record(encode_rail_record(*d)), *d);
      Bytes kept = c;
      for (const std::size_t time : {67U, 74U})
        if (!parse_bcd_time(ByteView{c}.subspan(time, 7)))
          std::fill_n(kept.begin() + static_cast<std::ptrdiff_t>(time), 7, Byte{0});
      ASSERT_EQ(to_hex(encode_rail_record(*d)), to_hex(kept));
    }
    const Bytes l = mutated(random, log);
    if (const auto d = decode_log_record(l); d && *d && ++valid) {
      ASSERT_EQ(to_hex(encode_log_record(**d)), to_hex(l));
    }
    Bytes t = mutated(random, {trip.begin(), trip.end()});
    t[16] = 0;  // reserved: not kept
    std::fill(t.begin() + 42, t.end(), Byte{0});
    if (const auto d = decode_trip_record(t); d && *d && ++valid) {
      ASSERT_EQ(to_hex(encode_trip_record(**d)), to_hex(t));
    }
  }
  EXPECT_GT(valid, 20'000);
}

TEST(Records, RandomBytesOfAnyLengthNeverCrashADecoder) {
  std::mt19937_64 random{978};
  for (int i = 0; i < 50'000; ++i) {
    const Bytes bytes = random_bytes(random, random() % 300);
    static_cast<void>(decode_public_info(bytes));
    static_cast<void>(decode_card_kind_info(bytes));
    static_cast<void>(decode_log_record(bytes));
    static_cast<void>(decode_trip_record(bytes));
    static_cast<void>(decode_rail_record(bytes));
    static_cast<void>(decode_purchase_init(bytes));
    static_cast<void>(decode_debit(bytes));
    static_cast<void>(decode_proof(bytes));
    static_cast<void>(split_response(bytes));
    EXPECT_FALSE(decode_fci(bytes).has_value());
    static_cast<void>(decode_fci(mutated(random, hex(kFci))));
  }
}

TEST(Fci, WalksOptionalObjectsLongLengthsAndPadding) {
  const auto plain = decode_fci(hex(kFci));
  ASSERT_TRUE(plain.has_value());
  ASSERT_TRUE(plain->public_info.has_value());
  EXPECT_EQ(plain->public_info->number.reveal(), "3104770000000000426");
  // Label, priority, two-byte 9F08, DF00, one long length, padding inside and behind.
  const std::string inner =
      "500548454C4C4F"
      "870101"
      "9F08020102"
      "DF000102"
      "00FF"
      "9F0C811E" +
      std::string{kEf15};
  const auto wrap = [](const std::string& tag, const std::string& value) {
    return tag + to_hex(std::array{static_cast<Byte>(value.size() / 2)}) + value;
  };
  const std::string aid = "8410A0000006320101050113215053555A48";
  const auto rich = decode_fci(hex(wrap("6F", aid + wrap("A5", inner)) + "0000FF"));
  ASSERT_TRUE(rich.has_value()) << rich.error().message();
  EXPECT_TRUE(rich->public_info.has_value());
  EXPECT_EQ(rich->aid.size(), 16U);
}

TEST(Fci, LeavesOutPublicInfoOfAnotherLength) {
  const auto fci = decode_fci(hex("6F138408A000000632010105A5079F0C0402002900"));
  ASSERT_TRUE(fci.has_value()) << fci.error().message();
  EXPECT_FALSE(fci->public_info.has_value());
}

TEST(Fci, RefusesLyingLengthsAndOtherApplications) {
  for (const std::string_view text :
       {"", "6F", "6F31", "6F02", "6F8231FFFF", "6F84FFFFFFFF00", "6F80", "6F028408",
        "6F0A8409A000000632010105", "6F0C8408A000000632010105A57F", "6F00", "84088408A0000006",
        "6F0A8408A000000333010101", "6F0C8408A0000006320101059F81", "6F0A8408A00000063201010590"})
    EXPECT_FALSE(decode_fci(hex(text)).has_value()) << text;
}

TEST(Apdu, CommandsAreTheBytesTheCardKnows) {
  EXPECT_EQ(to_hex(select_purse()), kSelect);
  EXPECT_EQ(to_hex(read_binary(Sfi::kind_info, 0, 11)), "00B097000B");
  EXPECT_EQ(to_hex(read_record(Sfi::log, 1, 23)), "00B201C417");
  EXPECT_EQ(to_hex(read_record(Sfi::journey, 1, 128)), "00B201D480");
  EXPECT_EQ(to_hex(read_record(Sfi::trips, 2, 48)), "00B202F430");
  EXPECT_EQ(to_hex(get_balance(3)), "805C030204");
  const TerminalNo terminal{hex_array<6>("413100000002")};
  EXPECT_EQ(to_hex(init_purchase(PurchaseType::capp, 1, Fen{400}, terminal)),
            "805003020B01000001904131000000020F");
  EXPECT_EQ(to_hex(init_purchase(PurchaseType::purchase, 1, Fen{400}, terminal)),
            "805001020B01000001904131000000020F");
  EXPECT_EQ(to_hex(debit(SamTxnNo{0x101}, local(2026, 1, 5, 8, 30, 0), {0x9C, 0xF4, 0xB5, 0x94})),
            "805401000F00000101202601050830009CF4B59408");
  EXPECT_EQ(to_hex(get_proof(PurchaseType::capp, CardCounter{2})), "805A000902000208");
  Bytes journey(128);
  journey[0] = 0x27;
  journey[1] = 0x02;
  EXPECT_EQ(to_hex(ByteView{update_journey(journey)}.first(5)), "80DC02D080");
  EXPECT_EQ(to_hex(ByteView{update_journey(journey, true)}.first(5)), "80DC00D080");
  EXPECT_EQ(to_hex(ByteView{update_trip(Bytes(48))}.first(5)), "80DC00F030");
}

TEST(Apdu, DebitAndProofHaveTheirHalvesInOppositeOrder) {
  const auto debited = decode_debit(hex("01425DE87C79D1CA"));
  const auto proof = decode_proof(hex("7C79D1CA01425DE8"));
  ASSERT_TRUE(debited && proof);
  EXPECT_EQ(to_hex(debited->tac), "01425DE8");
  EXPECT_EQ(debited->tac, proof->tac);
  EXPECT_EQ(debited->mac2, proof->mac2);
}

TEST(Apdu, PurchaseInitRefusesABalanceNoPurseHolds) {
  EXPECT_TRUE(decode_purchase_init(hex("00FFFFFF 0001 000000 01 00 55667788")).has_value());
  EXPECT_FALSE(decode_purchase_init(hex("01000000 0001 000000 01 00 55667788")).has_value());
  EXPECT_FALSE(decode_purchase_init(hex("80001388 0001 000000 01 00 55667788")).has_value());
  EXPECT_FALSE(decode_purchase_init(hex("00001388 0001 000000 01 00 556677")).has_value());
}

}  // namespace
}  // namespace tidegate::nfc
