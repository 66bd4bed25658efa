// SPDX-License-Identifier: Apache-2.0
// Which call fails, and how: the rules of the control file, one a line:
//
//   CALL ERROR [after=N] [times=N] [landed|short]
//
// CALL   write     a write, but for a root
//        root      LMDB's last write of a commit: it begins inside one of the first two pages of
//                  data.mdb
//        sync      fsync, fdatasync, msync of a file
//        resize    ftruncate, fallocate
//        open      opening a file for writing
//        folder    create, rename, remove, mkdir, fsync of a folder
//        all       each of these
// ERROR  ENOSPC, EIO, EROFS, EDQUOT
// after  lets the first N such calls pass; times: fails N, then no more (else: goes on failing)
// landed the call does its work and says that it failed; short: a write writes half and says so
//
// The counts begin anew when the text of the file changes. No file, or an empty one: no faults.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::interposer {

enum class Call : unsigned char { write, root, sync, resize, open, folder };

struct Fault {
  int error = 0;  ///< errno, 0: no fault
  bool landed = false;
  bool is_short = false;
};

class Faults {
 public:
  /// The text of the control file as it is now. Lines that are no rule are an error: the program is
  /// stopped, since a test with a misspelt fault would pass for the wrong reason.
  void load(std::string text);
  [[nodiscard]] Fault next(Call call);

 private:
  struct Rule {
    bool all = false;
    Call call = Call::write;
    Fault fault;
    unsigned long after = 0;
    unsigned long times = ~0UL;
  };
  static Rule parse(std::string_view line);

  std::string text_;
  std::vector<Rule> rules_;
};

}  // namespace tidegate::interposer
