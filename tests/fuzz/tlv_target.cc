// SPDX-License-Identifier: Apache-2.0
// Fuzzes the walk over a card's TLV, the purse's FCI and the directory of applications.
#include <algorithm>

#include "nfc/purse/applications.h"
#include "nfc/purse/tlv.h"
#include "simulators/card/card_types.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

/// The walk ends, and no value lies outside what it walks over.
void walk(ByteView bytes, int depth) {
  ByteReader in{bytes};
  std::size_t left = bytes.size() + 1;
  while (true) {
    const auto object = nfc::next_tlv(in);
    if (!object || !*object) return;
    ASSERT(in.rest().size() < left);
    left = in.rest().size();
    const ByteView value = (*object)->value;
    ASSERT(value.size() <= bytes.size());
    if (!value.empty())
      ASSERT(value.data() >= bytes.data() &&
             value.data() + value.size() <= bytes.data() + bytes.size());
    if (depth < 4) walk(value, depth + 1);
  }
}

}  // namespace

void tlv_run(ByteView input) {
  walk(input, 0);
  if (const auto fci = nfc::decode_fci(input)) {
    ASSERT(fci->aid.size() >= 8 && fci->aid.size() <= 16);
    ASSERT(nfc::kernel_of(fci->aid) == fci->kernel);
    if (fci->public_info) {
      const auto ef15 = nfc::encode_public_info(*fci->public_info);
      ASSERT(!std::ranges::search(input, ef15).empty());
    }
  }
  if (const auto list = nfc::decode_ppse(input))
    for (const auto& application : *list)
      ASSERT(application.aid.size() >= 5 && application.aid.size() <= 16);
}

std::vector<Bytes> tlv_seeds() {
  std::vector<Bytes> out;
  for (const std::string_view type : {"k1", "long-aid-16", "fci-labels", "fci-no-info", "k6"}) {
    const auto card = sim::make_card_of_type(type);
    const Bytes aid = card->image().aid;
    const auto answer = card->transceive(nfc::select_name(ByteView{aid}.first(8)));
    out.push_back({answer.begin(), answer.end() - 2});
  }
  for (const std::string_view type : {"k1-dual", "bank"}) {
    const auto answer = sim::make_card_of_type(type)->transceive(nfc::select_ppse());
    out.push_back({answer.begin(), answer.end() - 2});
  }
  return out;
}

}  // namespace tidegate::fuzz
