// SPDX-License-Identifier: Apache-2.0
// The chain and a checkpoint, against figures made with other programs (sha256sum, openssl): the
// worked example of docs/formats/ledger.md.
#include "edge/ledger/ledger_chain.h"

#include "base/posix/fd.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

Bytes golden(const char* name) {
  const auto file = posix::read_file(
      std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tests/golden/ledger" / name, 65536);
  EXPECT_TRUE(file.has_value());
  return from_hex(as_text(*file).substr(0, file->size() - 1)).value_or(Bytes{});
}

TEST(LedgerChain, WorkedExample) {
  const Hash256 first = genesis_hash(golden("genesis.hex"));
  EXPECT_EQ(to_hex(first), "93CDEA4678CAE5BF6B5D0F9CF8C8AAC856264A5C759B01282E57CED43A8C66CC");
  const Hash256 second = next_hash(first, golden("passage.hex"));
  EXPECT_EQ(to_hex(second), "2870987EF614117A868565D0B13B467E3A9CD3A79118F723B0D04B4D5B133CCD");

  const auto key = crypto::signing_key_from_seed(filled<32>(1));
  const Totals totals{1, 2, 3, 4, 5, 6, 7, 8, Fen{9}, Fen{10}, Fen{11}, Fen{12}};
  const Checkpoint checkpoint =
      sign_checkpoint(key, Epoch{0x0123456789ABCDEF}, SequenceNo{2}, second, totals);
  EXPECT_EQ(to_hex(checkpoint.signature),
            "FE9454DCD29B319A3390AB7466E310882AA687DD127D26E744ACAB19B792F297"
            "00F0EB171B281E8B365012519758EF1719BA0367D791EF73E2E5F36C74208D08");
  EXPECT_TRUE(
      checkpoint_signed_by(key.public_key, Epoch{0x0123456789ABCDEF}, SequenceNo{2}, checkpoint));
  EXPECT_FALSE(
      checkpoint_signed_by(key.public_key, Epoch{0x0123456789ABCDEF}, SequenceNo{3}, checkpoint));
  Checkpoint other = checkpoint;
  other.totals.debited_fen += Fen{1};
  EXPECT_FALSE(
      checkpoint_signed_by(key.public_key, Epoch{0x0123456789ABCDEF}, SequenceNo{2}, other));
  EXPECT_EQ(*decode_totals(encode_totals(totals)), totals);
}

}  // namespace
}  // namespace tidegate::edge
