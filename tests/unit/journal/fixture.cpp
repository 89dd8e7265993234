#include "fixture.hpp"

#include <fstream>
#include <sstream>

#include "base/ids.hpp"

namespace hutong::security::test {

TemporaryFolder::TemporaryFolder()
    : path(std::filesystem::temp_directory_path() / ("hutong-journal-" + new_uuid())) {
    std::filesystem::create_directory(path);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

config::Journal small_options() {
    config::Journal options;
    options.segment_bytes = 4096;
    options.min_free_bytes = 0;
    return options;
}

Record make_record(const std::string& exchange, const std::string& content) {
    Record record;
    record.exchange = exchange;
    record.time = system_clock().now();
    record.consumer = "tax-office";
    record.service = "gongshang/company";
    record.operation = "{urn:company}FindCompany";
    record.signer = std::string(64, 'a');
    record.message_id = "urn:uuid:1";
    record.replay_key = "key of " + exchange;
    record.outcome = "ok";
    record.remote = "127.0.0.1:40000";
    record.message_bytes = content.size();
    record.message_digest = sha256(content);
    record.content = content;
    return record;
}

std::unique_ptr<Journal> open_journal(const std::filesystem::path& folder, const config::Journal& options) {
    return std::move(Journal::open(folder, "node-1", options).value());
}

Result<Position> append(Journal& journal, Record record) {
    std::promise<Result<Position>> done;
    journal.append(std::move(record),
                   [&done](Result<Position> position) { done.set_value(std::move(position)); });
    return done.get_future().get();
}

void fill(const std::filesystem::path& folder, std::size_t records) {
    const auto journal = open_journal(folder);
    for (std::size_t i = 1; i <= records; ++i)
        append(*journal, make_record("exchange-" + std::to_string(i))).value();
}

void fill_and_crash(const std::filesystem::path& folder, std::size_t records) {
    const TemporaryFolder copies;
    {
        const auto journal = open_journal(folder);
        for (std::size_t i = 1; i <= records; ++i)
            append(*journal, make_record("exchange-" + std::to_string(i))).value();
        std::filesystem::copy(folder, copies.path, std::filesystem::copy_options::recursive);
    }
    std::filesystem::remove_all(folder);
    std::filesystem::copy(copies.path, folder, std::filesystem::copy_options::recursive);
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    return content.str();
}

void write_file(const std::filesystem::path& file, std::string_view content) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

void flip_byte(const std::filesystem::path& file, std::size_t offset) {
    std::string content = read_file(file);
    content.at(offset) = static_cast<char>(content.at(offset) ^ 1);
    write_file(file, content);
}

}  // namespace hutong::security::test
