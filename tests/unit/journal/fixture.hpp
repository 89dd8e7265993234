// What all journal tests share: a folder that goes away, records, and appending with a wait.
#pragma once

#include <filesystem>
#include <future>
#include <string>

#include "security/journal/journal.hpp"

namespace hutong::security::test {

class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::filesystem::path path;
};

config::Journal small_options();  // segments of 4 KiB, no reserve
Record make_record(const std::string& exchange, const std::string& content = "");
std::unique_ptr<Journal> open_journal(const std::filesystem::path& folder,
                                      const config::Journal& options = small_options());
Result<Position> append(Journal& journal, Record record);  // waits for the disk
// The same, but the files are left as a killed process leaves them: nothing is sealed.
void fill_and_crash(const std::filesystem::path& folder, std::size_t records);
void fill(const std::filesystem::path& folder, std::size_t records);  // opens, appends one by one, closes

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view content);
void flip_byte(const std::filesystem::path& file, std::size_t offset);

}  // namespace hutong::security::test
