// SPDX-License-Identifier: Apache-2.0
#include "tests/house/source_tree.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tidegate::house {
namespace {

namespace fs = std::filesystem;

/// The body of the fenced block "```name".
std::string block(std::string_view page, const std::string& name) {
  const std::string opening = "```" + name + "\n";
  const auto begin = page.find(opening);
  if (begin == std::string_view::npos) throw std::runtime_error("no block ```" + name);
  const auto body = begin + opening.size();
  const auto end = page.find("```", body);
  if (end == std::string_view::npos) throw std::runtime_error("block ```" + name + " never ends");
  return std::string{page.substr(body, end - body)};
}

std::set<std::string> words(std::string_view text) {
  std::istringstream in{std::string{text}};
  std::set<std::string> out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

std::map<std::string, std::set<std::string>> table(const std::string& text,
                                                   std::string_view arrow) {
  std::map<std::string, std::set<std::string>> out;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    const auto at = line.find(arrow);
    if (at == std::string::npos) continue;
    const auto left = words(std::string_view{line}.substr(0, at));
    if (left.size() != 1) throw std::runtime_error("not one name before the arrow: " + line);
    out[*left.begin()] = words(std::string_view{line}.substr(at + arrow.size()));
  }
  return out;
}

/// The longest folder of the table that holds the file.
std::string owner(const fs::path& file, const Rules& rules) {
  for (fs::path folder = file.parent_path(); !folder.empty(); folder = folder.parent_path())
    if (rules.depends.contains(folder.generic_string())) return folder.generic_string();
  return {};
}

bool allows(const std::set<std::string>& allowed, const std::string& folder) {
  return std::any_of(allowed.begin(), allowed.end(), [&folder](const std::string& name) {
    return name == "*" || folder == name || folder.starts_with(name + "/");
  });
}

}  // namespace

std::vector<fs::path> source_files(const fs::path& root, const std::set<std::string>& suffixes) {
  std::vector<fs::path> out;
  for (auto it = fs::recursive_directory_iterator{root}; it != fs::recursive_directory_iterator{};
       ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name.starts_with('.') || name == "build" || name == "node_modules" ||
                               name == "__pycache__")) {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_regular_file() && suffixes.contains(it->path().extension().string()))
      out.push_back(fs::relative(it->path(), root));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string read_text(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<Include> includes_of(const fs::path& root) {
  std::vector<Include> out;
  for (const fs::path& file : source_files(root, {".h", ".cc"})) {
    std::istringstream in{read_text(root / file)};
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (!line.starts_with("#include")) continue;
      const auto begin = line.find_first_of("\"<");
      if (begin == std::string::npos) continue;
      const bool quoted = line[begin] == '"';
      const auto end = line.find(quoted ? '"' : '>', begin + 1);
      if (end == std::string::npos) continue;
      out.push_back({file, number, line.substr(begin + 1, end - begin - 1), quoted});
    }
  }
  return out;
}

Rules read_rules(std::string_view page) {
  Rules rules;
  rules.depends = table(block(page, "depends"), "→");
  rules.libraries = table(block(page, "libraries"), "→");
  if (rules.depends.empty() || rules.libraries.empty())
    throw std::runtime_error("docs/architecture.md allows nothing at all");
  return rules;
}

std::vector<std::string> forbidden_arrows(const std::vector<Include>& includes,
                                          const Rules& rules) {
  std::vector<std::string> out;
  for (const Include& include : includes) {
    const std::string where = include.file.generic_string() + ":" + std::to_string(include.line);
    const std::string from = owner(include.file, rules);
    if (from.empty()) {
      out.push_back(where + ": no folder of docs/architecture.md holds this file");
      continue;
    }
    if (include.quoted) {
      const std::string to = owner(include.target, rules);
      if (to.empty())
        out.push_back(where + ": includes \"" + include.target + "\", which is in no known folder");
      else if (to != from && !allows(rules.depends.at(from), to))
        out.push_back(where + ": " + from + " may not include " + to);
      continue;
    }
    for (const auto& [prefix, folders] : rules.libraries)
      if (include.target.starts_with(prefix) && !allows(folders, from))
        out.push_back(where + ": " + from + " may not include <" + include.target + ">");
  }
  return out;
}

}  // namespace tidegate::house
