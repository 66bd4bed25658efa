// SPDX-License-Identifier: Apache-2.0
// The composition root of tidegate-gate.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "edge/config/box_config.h"

namespace tidegate::edge {

/// Runs the gate until `wait_for_stop` returns, then stops it cleanly. An error: it could not
/// start.
[[nodiscard]] Status run_gate(const BoxConfig& config, std::string_view version,
                              const std::function<void()>& wait_for_stop);

/// Configuration, keys and fare book: would the gate start? Changes nothing.
[[nodiscard]] Status check_gate(const std::filesystem::path& config_file);

/// `tidegate-gate`'s command line; returns the exit code.
[[nodiscard]] int gate_main(int argc, char** argv, std::string_view version);

}  // namespace tidegate::edge
