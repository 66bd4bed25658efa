// SPDX-License-Identifier: Apache-2.0
// The tariffs of a network in book.toml: versions, kinds, classes. Only for the compiler.
#pragma once

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/authoring/source.h"

namespace tidegate::fare {

/// `tariff = {…}` for one version, or [[network.tariff]] for several. `network` has its stops.
[[nodiscard]] Status read_versions(const Source& source, const toml::table& table,
                                   Network& network);

}  // namespace tidegate::fare
