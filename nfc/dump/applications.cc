// SPDX-License-Identifier: Apache-2.0
// The table of application identifiers.
#include "nfc/dump/applications.h"

#include <array>
#include <string_view>

namespace tidegate::nfc {
namespace {

struct Entry {
  std::string_view head;  ///< hex
  std::string_view name;
  DumpLayout layout = DumpLayout::other;
};
// The kernels of the T-Union first (K1 to K6), then whatever else lies on cards of the delta.
constexpr std::array kApplications{
    Entry{"A000000632010105", "t-union-purse", DumpLayout::purse},
    Entry{"A000000632010107", "t-union-purse-sm", DumpLayout::purse},
    Entry{"A000000632010106", "t-union-cash"},
    Entry{"A000000632010108", "t-union-cash-sm"},
    Entry{"A000000632101002", "t-union-cash-revised"},
    Entry{"A000000632101004", "t-union-purse-revised", DumpLayout::revised_purse},
    Entry{"A0000000038698070", "city-union", DumpLayout::union_purse},
    Entry{"3F01", "local-purse", DumpLayout::union_purse},
    Entry{"1001", "local-purse", DumpLayout::union_purse},
    Entry{"A00000033301010", "bank"},
    Entry{"7378312E73682E", "social-security"},  // sx1.sh.
    Entry{"53535345", "social-security"},        // SSSE
    Entry{"325041592E5359532E4444463031", "ppse", DumpLayout::directory},
    Entry{"315041592E5359532E4444463031", "pse", DumpLayout::directory},
    Entry{"535558494E2E4444463031", "suzhou"},  // SUXIN.DDF01
    Entry{"535A504B5F5A5959", "suzhou"},        // SZPK_ZYY
    Entry{"5041592E535A54", "shenzhen"},        // PAY.SZT
    Entry{"5041592E41505059", "lingnan"},       // PAY.APPY
    Entry{"5041592E5449434C", "lingnan"},       // PAY.TICL
    Entry{"4150312E5748435443", "wuhan"},       // AP1.WHCTC
    Entry{"91560000144D4F542E424D4143303031", "beijing"},
    Entry{"D156000015B9ABB9B2D3A6D3C3", "tianjin"},
    Entry{"B0C4C3C5CDA8C7AEB0FC", "macau"},
};

}  // namespace

KnownApplication application_of(ByteView identifier) {
  const std::string hex = to_hex(identifier);
  for (const Entry& entry : kApplications)
    if (hex.starts_with(entry.head)) return {std::string{entry.name}, entry.layout};
  return {"unknown", DumpLayout::other};
}

}  // namespace tidegate::nfc
