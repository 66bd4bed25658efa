// SPDX-License-Identifier: Apache-2.0
// Names of applications: kernels and directories here, the others as the gate looks for them.
#include "nfc/dump/applications.h"

#include <algorithm>

#include "nfc/purse/applications.h"

namespace tidegate::nfc {
namespace {

bool starts_with(ByteView bytes, ByteView head) {
  return bytes.size() >= head.size() && std::ranges::equal(bytes.first(head.size()), head);
}

KnownApplication application_of(Kernel kernel) {
  switch (kernel) {
    case Kernel::k1: return {"t-union-purse", DumpLayout::purse};
    case Kernel::k2: return {"t-union-purse-sm", DumpLayout::purse};
    case Kernel::k3: return {"t-union-cash", DumpLayout::other};
    case Kernel::k4: return {"t-union-cash-sm", DumpLayout::other};
    case Kernel::k5: return {"t-union-cash-revised", DumpLayout::other};
    case Kernel::k6: return {"t-union-purse-revised", DumpLayout::revised_purse};
  }
  return {"unknown", DumpLayout::other};
}

}  // namespace

KnownApplication application_of(ByteView identifier) {
  if (const auto kernel = kernel_of(identifier)) return application_of(*kernel);
  if (starts_with(identifier, as_bytes("2PAY.SYS.DDF01"))) return {"ppse", DumpLayout::directory};
  if (starts_with(identifier, as_bytes("1PAY.SYS.DDF01"))) return {"pse", DumpLayout::directory};
  if (const auto kind = other_application(identifier)) {
    // One issuer's several applications differ behind the bytes that name the scheme.
    if (*kind == OtherApplication::city_union) return {"city-union", DumpLayout::union_purse};
    if (*kind == OtherApplication::bank) return {"bank", DumpLayout::other};
  }
  for (const OtherSelector& each : other_selectors()) {
    if (!starts_with(identifier, each.identifier)) continue;
    const bool purse = each.kind == OtherApplication::city_union;
    return {std::string{each.name}, purse ? DumpLayout::union_purse : DumpLayout::other};
  }
  return {"unknown", DumpLayout::other};
}

}  // namespace tidegate::nfc
