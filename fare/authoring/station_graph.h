// SPDX-License-Identifier: Apache-2.0
// Stations and the lengths of the ways between them, in whole metres; shortest ways by Dijkstra's
// algorithm. Only for the compiler.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

class StationGraph {
 public:
  static constexpr std::int64_t kNoWay = -1;

  /// A table with the columns from,to,metres[,line]; a segment leads both ways. Several lines may
  /// connect the same two stations, each once.
  [[nodiscard]] static Result<StationGraph> read(const std::filesystem::path& dir,
                                                 const std::string& name,
                                                 const std::vector<Stop>& stops);

  /// Metres to every stop; kNoWay where none leads.
  [[nodiscard]] std::vector<std::int64_t> shortest_from(std::size_t stop) const;

 private:
  struct Way {
    std::size_t to = 0;
    std::int64_t metres = 0;
  };
  std::vector<std::vector<Way>> ways_;  ///< of each stop
};

}  // namespace tidegate::fare
