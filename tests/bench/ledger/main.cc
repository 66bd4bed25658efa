// SPDX-License-Identifier: Apache-2.0
// What the ledger costs, beside the same rows in LMDB alone and in a plain file, in the same run.
// scripts/bench.sh runs it and writes docs/measured.md.
#include <cstdio>
#include <string_view>

#include "tests/bench/ledger/parts.h"
#include "tests/bench/scratch_folder.h"

namespace {

using namespace tidegate::bench;  // NOLINT(*-using-namespace)

int run(const std::filesystem::path& parent, const Sizes& sizes) {
  const ScratchFolder scratch{parent};
  const Folders folders{scratch.path() / "ledger", scratch.path() / "lmdb",
                        scratch.path() / "rows"};
  std::printf(
      "As many intents as outcomes, with the fields a metro exit fills. Each commit is durable\n"
      "when it ends; plain file, LMDB alone and ledger take turns on the same disk with rows of\n"
      "the same size. *KiB* are what the block device has written for a commit (0: there is "
      "none).\n"
      "All is read from the page cache: it was just written.\n\n");
  measure_writes(folders, sizes);
  measure_reads(folders, sizes);
  measure_opens(folders, sizes);
  measure_prunes(folders, sizes);
  return 0;
}

int usage(int status) {
  std::printf(
      "tidegate-bench-ledger [--quick] [--folder DIR]\n"
      "Appends, reads, verifies, opens and prunes a ledger; tables in Markdown.\n"
      "  --quick       a few of each, to see that it works\n"
      "  --folder DIR  where the files are, on the disk meant (default: `bench` in the build)\n");
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  Sizes sizes;
  std::filesystem::path folder = default_folder();
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--quick") {
      sizes = {.commits = 4,
               .walks = 1,
               .opens = 1,
               .behind_checkpoint = 20,
               .slice = 64,
               .map_bytes = 16UL << 20U};
    } else if (option == "--folder" && i + 1 < argc) {
      folder = argv[++i];
    } else {
      return usage(option == "--help" ? 0 : 2);
    }
  }
  return run(folder, sizes);
}
