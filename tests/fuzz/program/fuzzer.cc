// SPDX-License-Identifier: Apache-2.0
// The door through which libFuzzer comes in: the target that TIDEGATE_FUZZ_TARGET names, or, with
// TIDEGATE_FUZZ_SEEDS, the seeds of all targets as files in that folder.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/target.h"

namespace {

const tidegate::fuzz::Target* chosen = nullptr;

void write_seeds(const std::filesystem::path& root) {
  for (const auto& target : tidegate::fuzz::targets()) {
    const auto folder = root / target.name;
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const tidegate::Bytes& seed : target.seeds()) {
      std::ofstream out{folder / ("seed-" + std::to_string(++number)), std::ios::binary};
      out << tidegate::as_text(seed);
    }
  }
}

}  // namespace

// The names, and that they are functions in C, are libFuzzer's. No second thread is there yet.
// NOLINTBEGIN(concurrency-mt-unsafe)
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  if (const char* folder = std::getenv("TIDEGATE_FUZZ_SEEDS"); folder != nullptr) {
    write_seeds(folder);
    std::exit(0);
  }
  const char* name = std::getenv("TIDEGATE_FUZZ_TARGET");
  chosen = tidegate::fuzz::find_target(name == nullptr ? "" : name);
  if (chosen != nullptr) return 0;
  std::fputs("TIDEGATE_FUZZ_TARGET must name one of these:\n", stderr);
  for (const auto& target : tidegate::fuzz::targets())
    std::fprintf(stderr, "%s\n", std::string{target.name}.c_str());
  std::exit(2);
}
// NOLINTEND(concurrency-mt-unsafe)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({data, size});
  return 0;
}
