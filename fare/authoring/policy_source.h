// SPDX-License-Identifier: Apache-2.0
// `[network.policy]` of book.toml: what a network does with journeys that went wrong. Only for the
// compiler.
#pragma once

#include <filesystem>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// The policy of one network, without its completions. `table` is the network's; `dir` has the
/// tables that it names.
[[nodiscard]] Result<JourneyPolicy> read_policy(const std::filesystem::path& dir,
                                                const toml::table& table,
                                                const std::vector<Stop>& stops);
/// The completions of all policies, which name stops of any network. `root` is the whole book.toml.
[[nodiscard]] Status read_completions(const toml::table& root, std::vector<Network>& networks);

}  // namespace tidegate::fare
