// SPDX-License-Identifier: Apache-2.0
// JourneyPolicy and mode history ↔ their tables in fare book bytes. Only for the engine's codec
// files.
#pragma once

#include "fare/engine/codec_parts.h"

namespace tidegate::fare::codec {

/// Nothing for a network that says nothing.
[[nodiscard]] Offset<fb::JourneyPolicy> put_policy(Builder& out, const JourneyPolicy& policy);
/// `in` may be nullptr. Numbers are check_book()'s to judge; more than it allows is an error here.
/// `cells_left` is what the matrices of the whole book may still hold.
[[nodiscard]] Result<JourneyPolicy> get_policy(const fb::JourneyPolicy* in,
                                               std::size_t& cells_left);

using IntervalTables = flatbuffers::Vector<Offset<fb::ModeInterval>>;
[[nodiscard]] Offset<IntervalTables> put_history(Builder& out, const ModeHistory& history);
[[nodiscard]] Result<ModeHistory> get_history(const IntervalTables* in);

}  // namespace tidegate::fare::codec
