// SPDX-License-Identifier: Apache-2.0
// One class of a tariff in book.toml: for whom, when and where, and what it costs. Only for the
// compiler.
#pragma once

#include "fare/authoring/tariff_source.h"

namespace tidegate::fare {

/// `base` is the version's own tariff.
[[nodiscard]] Result<FareClass> read_class(const Source& source, const toml::table& table,
                                           const TariffScope& scope, const Tariff& base);

}  // namespace tidegate::fare
